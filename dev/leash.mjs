// Keeps children from outliving the command that started them, even when that one is killed with SIGKILL and can
// clean up nothing. It reads process ids from its standard input ("+123" take care of, "-123" is gone); when the
// input ends, its owner is dead or done, and whatever is left is ended.
import { createInterface } from "node:readline";

process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("SIGHUP", () => {});

const groups = new Set();

function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    groups.delete(pid); // nobody is left in that process group
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith("+")) groups.add(pid);
    else groups.delete(pid);
  })
  .on("close", () => {
    for (const pid of groups) signal(pid, "SIGTERM");
    const deadline = Date.now() + 5000;
    const poll = setInterval(() => {
      for (const pid of groups) signal(pid, Date.now() < deadline ? 0 : "SIGKILL");
      if (groups.size === 0 || Date.now() > deadline + 1000) clearInterval(poll);
    }, 50);
  });
