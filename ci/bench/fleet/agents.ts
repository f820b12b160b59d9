import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
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
  /** One wave at a time. Rejects if the process ends; where the wave has not ended within `limitMs`, it ends the process. */
  run(job: AgentsJob, limitMs?: number): Promise<AgentsReport>;
}

const startLimitMs = 60_000;

// An agent whose API server has gone tries for minutes, and only some of a fleet run at once: thousands would for hours.
const waveLimitMs = (nodes: number) => 5 * 60_000 + 60 * nodes;

/** Starts the process whose agents find their API server by that kubeconfig; returns once it takes a job. */
export async function startAgents(kubeconfig: string, signal: AbortSignal): Promise<Agents> {
  const program = fileURLToPath(new URL("agents-worker.ts", import.meta.url));
  const child = fork(program, [], { env: { ...process.env, KUBECONFIG: kubeconfig }, signal });
  const ended = once(child, "exit").then(([code, by]): never => {
    throw new Error(`the process of the agents ended with ${code ?? by}`);
  });
  ended.catch(() => {});
  child.on("error", () => {
    // That of the signal, or of a job for a process that has ended; whoever waits for a message hears of either.
  });
  await nextMessage(child, ended, startLimitMs);
  return {
    run: async (job, limitMs = waveLimitMs(job.numbers.length)) => {
      child.send(job);
      return (await nextMessage(child, ended, limitMs)) as AgentsReport;
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

async function nextMessage(child: ChildProcess, ended: Promise<never>, limitMs: number): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const late = sleep(limitMs, undefined, { signal }).then((): never => {
    child.kill("SIGKILL");
    throw new Error(`the agents have not ended within ${limitMs / 1000} s`);
  });
  try {
    const [message] = (await Promise.race([once(child, "message", { signal }), ended, late])) as unknown[];
    return message;
  } finally {
    settled.abort();
  }
}
