import { runCommand } from "../run-command.ts";
import type { ClusterPlan } from "./plan.ts";

/**
 * Lets the nodes reach each other and the host whatever the host's own firewall says (a FORWARD policy of DROP, as
 * Docker sets it, would cut bridged nodes off where bridge-nf-call-iptables is 1), and nothing beyond the host: what
 * a test does must not depend on the internet.
 */
export async function openFirewall(cluster: ClusterPlan): Promise<void> {
  const { bridge } = cluster;
  // Each goes to the top of its chain, so the last one is met first.
  const rules = [
    { chain: "FORWARD", match: ["-i", bridge], verdict: "REJECT" },
    { chain: "FORWARD", match: ["-i", bridge, "-o", bridge], verdict: "ACCEPT" },
    { chain: "INPUT", match: ["-i", bridge], verdict: "ACCEPT" },
  ];
  if ((await ourRules(cluster)).length === rules.length) return;
  await closeFirewall(cluster);
  for (const { chain, match, verdict } of rules) {
    const comment = ["-m", "comment", "--comment", commentOf(cluster)];
    await runCommand("iptables", ["-w", "-I", chain, "1", ...match, ...comment, "-j", verdict]);
  }
}

/** Removes every rule that carries the cluster's name. */
export async function closeFirewall(cluster: ClusterPlan): Promise<void> {
  for (const line of await ourRules(cluster)) {
    const [, ...rule] = line.replaceAll('"', "").split(" ");
    await runCommand("iptables", ["-w", "-D", ...rule]);
  }
}

async function ourRules(cluster: ClusterPlan): Promise<string[]> {
  const { stdout } = await runCommand("iptables", ["-w", "-S"]);
  const lines = stdout.split("\n").filter((line) => line.startsWith("-A "));
  // Some versions print the comment in quotes.
  return lines.filter((line) => line.replaceAll('"', "").includes(`--comment ${commentOf(cluster)} `));
}

/** What marks a rule as the cluster's, for `closeFirewall`. One word, so that a printed rule can be split at spaces. */
export function commentOf(cluster: ClusterPlan): string {
  return `image-prefetcher-cluster:${cluster.name}`;
}
