import { monitorEventLoopDelay } from "node:perf_hooks";
import type { AgentsJob, AgentsReport } from "./agents.ts";
import { type AgentRun, runVirtualAgent } from "./virtual-agent.ts";

// The program of the process that `startAgents` starts: a job comes as a message, and its report goes back as one.
process.on("message", async (job: AgentsJob) => {
  process.send?.(await reportOf(job));
});
// Whoever started it has ended, maybe killed: its agents are of no use to anybody.
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function reportOf({ numbers, atOnce, ...pace }: AgentsJob): Promise<AgentsReport> {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  delays.enable();
  const runs: AgentRun[] = [];
  const rest = numbers.values();
  const never = new AbortController().signal;
  const work = async () => {
    for (const number of rest) runs.push(await runVirtualAgent(number, pace, never).catch(brokenOff(number)));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, numbers.length) }, work));
  delays.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    runs,
    wallMs: performance.now() - beganMs,
    cpuMs: (user + system) / 1000,
    // Beyond the 5 ms at which it looks.
    lagP99Ms: Math.max(0, delays.percentile(99) / 1e6 - 5),
  };
}

/** What a mistake of the agent's comes to; its node is then found wrong, and this says why. */
function brokenOff(number: number): (error: unknown) => AgentRun {
  return (error) => ({ number, exitCode: -1, message: String(error), requests: 0, writeMs: undefined });
}
