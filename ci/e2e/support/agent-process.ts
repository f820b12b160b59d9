import { readdirSync, readFileSync } from "node:fs";

// The image's first process has the agent's arguments after its own; it only passes signals on, and reaps.
const firstProcess = "/tini";

/** Whether these are the arguments of an agent itself, awake or asleep, not of the first process of its container. */
export function isAgent(args: readonly string[]): boolean {
  return args.length > 0 && args[0] !== firstProcess;
}

/** The host's PIDs of the agents that work for `owner` (`<namespace>/<release>`), on whichever of the nodes. */
export function agentPids(owner: string): readonly number[] {
  const isPid = (name: string) => /^[0-9]+$/.test(name);
  return readdirSync("/proc")
    .filter(isPid)
    .map(Number)
    .filter((pid) => {
      const args = argumentsOf(pid);
      return isAgent(args) && args.includes(`--owner=${owner}`);
    });
}

/** Whether the process is still there; one that ended and was not yet waited for is not. */
export function isAlive(pid: number): boolean {
  return argumentsOf(pid).length > 0;
}

/** The process's arguments, its program first; none if it has ended. */
export function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}
