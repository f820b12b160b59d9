import { delimiter, dirname, join } from "node:path";
import { buildPlugin } from "../../build/build-plugin.ts";
import type { Command } from "./command-run.ts";
import { testCluster } from "./scene.ts";

/** How the agent's commands by hand are called by a user who has that kubeconfig. */
export type CallByHand = (kubeconfig: string, args: readonly string[]) => Command;

/** As a plugin of kubectl, on whose PATH it and Node.js are. Builds it into `folder`, as `npm run build` does. */
export async function buildKubectlPlugin(folder: string): Promise<CallByHand> {
  await buildPlugin(folder);
  return (kubeconfig, args) => {
    const path = [folder, dirname(process.execPath), testCluster().environment.PATH ?? ""];
    const env = { PATH: path.join(delimiter), HOME: folder, KUBECONFIG: kubeconfig };
    return { program: "kubectl", args: ["prefetcher", ...args], env };
  };
}

/** As `npm run prefetcher --` does. */
export const callSources: CallByHand = (kubeconfig, args) => ({
  program: process.execPath,
  args: [join(import.meta.dirname, "../../../agent/main.ts"), ...args],
  env: { PATH: process.env.PATH, KUBECONFIG: kubeconfig },
});
