// What is held to, each in the figures of the same run.

/** At which the ratios are taken: enough that the processor never waits, few enough that none waits long for its turn. */
const AT = 16;

/** [{name, wanted, found, met}, …] */
export function targets({ workloads, start }) {
  const of = (name) => workloads.find(({ workload }) => workload === name);
  const row = (name) => of(name).rows.find(({ connections }) => connections === AT);
  const rate = (name, floor) => {
    const { rateRatio } = row(name);
    return { name: `rate of ${of(name).title}, against ${floor}`, wanted: "≥ 0.80", found: rateRatio.toFixed(2), met: rateRatio >= 0.8 };
  };
  const cpu = (name, what) => {
    const { cpuRatio } = row(name);
    return { name: `CPU ${what}, against the same commit alone`, wanted: "≤ 1.50", found: cpuRatio.toFixed(2), met: cpuRatio <= 1.5 };
  };
  const peak = Math.max(...workloads.map(({ peakMiB }) => peakMiB));
  const warm = ["webhook-1", "webhook-20"].map((name) => of(name).firestore);
  const oneCommit = warm.every(({ most }) => most.requests === 1 && most.reads === 0);
  return [
    rate("whoami", "a bare handler"),
    rate("whoami-fresh", "a handler that verifies each time"),
    cpu("createLead", "of a `createLead`"),
    cpu("webhook-1", "of a delivery of one message"),
    cpu("webhook-20", "of a message, 20 to a delivery"),
    { name: "memory under load", wanted: "< 64 MiB", found: `${peak.toFixed(1)} MiB`, met: peak < 64 },
    { name: "exec to first answer, median", wanted: "< 30 ms", found: `${start.median.toFixed(1)} ms`, met: start.median < 30 },
    { name: "exec to first answer, least", wanted: "< 15 ms", found: `${start.least.toFixed(1)} ms`, met: start.least < 15 },
    {
      name: "Firestore requests and reads of a warm delivery, of 1 and of 20 messages",
      wanted: "1 and 0",
      found: warm.map(({ most }) => `${most.requests} and ${most.reads} at most`).join("; "),
      met: oneCommit,
    },
  ];
}
