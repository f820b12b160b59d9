import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AgentPace, AgentRun } from "./virtual-agent.ts";

/** A wave of agents, one on each node. */
export interface AgentsJob extends AgentPace {
  readonly numbers: readonly number[];
  /** How many of them run at the same time; the next starts when one has ended. */
  readonly atOnce: number;
}

/** What a wave came to. */
export interface AgentsReport {
  readonly runs: readonly AgentRun[];
  /** From the first agent's start to the last one's end. */
  readonly wallMs: number;
  /** The processor time of the process in which they ran. */
  readonly cpuMs: number;
  /** How late its timers were, the 99th percentile: so much of what it measured may be its own. */
  readonly lagP99Ms: number;
}

/** A process of its own in which agents run. */
export interface Agents extends Disposable {
  /** One wave at a time. Rejects if the process ends. */
  run(job: AgentsJob): Promise<AgentsReport>;
}

/** Starts the process whose agents find their API server by that kubeconfig; returns once it takes a job. */
export async function startAgents(kubeconfig: string, signal: AbortSignal): Promise<Agents> {
  const program = fileURLToPath(new URL("agents-worker.ts", import.meta.url));
  const child = fork(program, [], { env: { ...process.env, KUBECONFIG: kubeconfig }, signal });
  child.on("error", () => {
    // That of the signal; whoever waits for a message hears that the process has ended.
  });
  await messageOf(child);
  return {
    run: async (job) => {
      child.send(job);
      return (await messageOf(child)) as AgentsReport;
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(child, "exit", { signal }).then(([code, by]) => {
    throw new Error(`the process of the agents ended with ${code ?? by}`);
  });
  try {
    const [message] = (await Promise.race([once(child, "message", { signal }), ended])) as unknown[];
    return message;
  } finally {
    ended.catch(() => {});
    settled.abort();
  }
}
