import { readdirSync, readFileSync } from "node:fs";

/** The host's PIDs of the processes that work for `owner` (`<namespace>/<release>`), on whichever of the nodes. */
export function agentPids(owner: string): readonly number[] {
  const isPid = (name: string) => /^[0-9]+$/.test(name);
  return readdirSync("/proc")
    .filter(isPid)
    .map(Number)
    .filter((pid) => argumentsOf(pid).includes(`--owner=${owner}`));
}

/** Whether the process is still there; one that ended and was not yet waited for is not. */
export function isAlive(pid: number): boolean {
  return argumentsOf(pid).length > 0;
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}
