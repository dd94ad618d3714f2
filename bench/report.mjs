// The report: the same figures as JSON and as Markdown.

const number = (value, digits = 0) => value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const table = (head, rows) => [head, head.map((_, n) => (n === 0 ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const FLOOR = { BARE: "bare handler", VERIFYING: "verifying handler", COMMITTING: "same commit alone" };

export function markdown({ machine, start, memory, workloads, targets, rounds, seconds }) {
  const held = table(
    ["target", "wanted", "found", ""],
    targets.map(({ name, wanted, found, met }) => [name, wanted, found, met ? "MET" : "MISSED"]),
  );
  const rates = table(
    ["", "connections", "requests/s", "p50 ms", "p99 ms", "CPU µs", "floor: requests/s", "p50 ms", "p99 ms", "CPU µs", "rate", "CPU"],
    workloads.flatMap(({ title, floor, rows }) =>
      rows.map((row, n) => {
        const side = (of) => (of ? [number(of.rate), number(of.p50, 2), number(of.p99, 2), number(of.cpu, 1)] : ["", "", "", ""]);
        const ratios = row.floor ? [`${row.rateRatio.toFixed(2)}`, `${row.cpuRatio.toFixed(2)}`] : ["", ""];
        return [n === 0 ? title : n === 1 && floor ? `against: ${FLOOR[floor]}` : "", row.connections, ...side(row.service), ...side(row.floor), ...ratios];
      }),
    ),
  );
  const costs = table(
    ["", "Firestore requests", "reads", "writes", "CPU µs a message", "memory, most, MiB"],
    workloads.map(({ title, units, firestore, rows, peakMiB }) => {
      const { cpu } = rows.find(({ connections }) => connections === 16).service;
      return [title, number(firestore.requests, 2), number(firestore.reads, 2), number(firestore.writes, 2), units > 1 ? number(cpu / units, 1) : "", number(peakMiB, 1)];
    }),
  );
  return `${machine.processor}, ${machine.processors} processors, ${machine.memoryGiB} GiB, ${machine.kernel}; ${machine.rust}; commit ${machine.commit}; ${machine.at}.
${rounds} rounds of ${seconds} s (${Math.max(1, Math.floor(seconds / 2))} s at one connection), ${machine.load} processes waiting for a processor when it began.

${held}

${rates}

${costs}

Memory after start, before any load: ${number(memory.idleMiB, 1)} MiB. Exec to first answer, ${start.tries} times: least ${number(start.least, 1)} ms, median ${number(start.median, 1)} ms.
`;
}
