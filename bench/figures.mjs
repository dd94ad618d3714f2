// From runs to figures: medians over the rounds, ratios within a round.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Requests a second, latencies in ms, processor time a request in µs. */
function figures(runs) {
  return {
    rate: median(runs.map(({ rate }) => rate)),
    p50: median(runs.map(({ p50 }) => p50)) / 1e3,
    p99: median(runs.map(({ p99 }) => p99)) / 1e3,
    cpu: sum(runs.map(({ cpu }) => cpu)) / sum(runs.map(({ requests }) => requests)),
  };
}

/** One measured workload as it goes into the report: a row for each number of connections. */
export function summarised({ runs, firestore, ...about }) {
  const rows = [...runs].map(([connections, { service, floor }]) => {
    const row = { connections, service: figures(service) };
    if (floor.length === 0) return row;
    // Both runs of a round met the same machine: their ratio is taken first, the median after.
    const rates = service.map(({ rate }, round) => rate / floor[round].rate);
    const own = figures(floor);
    return { ...row, floor: own, rateRatio: median(rates), rateRatios: rates, cpuRatio: row.service.cpu / own.cpu };
  });
  return { ...about, rows, firestore };
}
