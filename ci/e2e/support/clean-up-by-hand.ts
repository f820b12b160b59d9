import { type AgentEnd, type AgentProcess, startAgent } from "../../../agent/testing/agent-process.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { testCluster } from "./scene.ts";

/** A `prefetcher cleanup` that runs. */
export interface Cleanup extends AgentProcess {
  /** Waits up to 60 s until it has said that; throws with all that it said where it ends without. */
  untilSaid(text: string): Promise<void>;
}

/** Starts `prefetcher cleanup` on this machine, as a user does who has that kubeconfig; by default the test cluster's. */
export function startCleanup(
  flags: readonly string[],
  kubeconfig: string = testCluster().kubeconfig,
): Cleanup {
  const started = startAgent(["cleanup", ...flags], { env: { ...process.env, KUBECONFIG: kubeconfig } });
  let said = "";
  started.child.stdout?.on("data", (text: string) => {
    said += text;
  });
  return {
    ...started,
    untilSaid: async (text) => {
      const hasEnded = () => started.child.exitCode !== null;
      await waitUntil(`"${text}" is said`, 60_000, () => said.includes(text) || hasEnded(), 10);
      if (!said.includes(text)) throw new Error(`it ended without "${text}":\n${said}`);
    },
  };
}

/** How `prefetcher cleanup` ended on the test cluster. */
export function cleanUpByHand(...flags: readonly string[]): Promise<AgentEnd> {
  return startCleanup(flags).ended;
}
