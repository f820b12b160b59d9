import { commentOf } from "../../cluster/firewall.ts";
import { runCommand } from "../../run-command.ts";
import { undoneBy } from "./fault-undo.ts";
import { testCluster } from "./scene.ts";

/**
 * Loses every packet that `node` itself, its containerd above all, sends to HOST:PORT: who connects, and who is
 * connected already, never hears anything again. No other node is concerned.
 */
export function blackHole(node: string, address: string): Promise<AsyncDisposable> {
  return loseWithin(node, "OUTPUT", address);
}

/** Loses every packet that the pods on `node` send to the API server, on connections that stand too. The kubelet's pass. */
export function blackHoleApiServer(node: string): Promise<AsyncDisposable> {
  return loseWithin(node, "FORWARD", apiServer());
}

/** Refuses the connections of the pods on `node` to the API server, as if nothing listened; those that stand are reset. */
export async function refuseApiServer(node: string): Promise<AsyncDisposable> {
  const cluster = testCluster();
  // On the host: within the node the refusal would bear another address than the service's, and nobody would take it.
  const source = ["--source", nodeOf(node).podNetwork];
  const mark = ["--match", "comment", "--comment", commentOf(cluster)];
  const target = ["--jump", "REJECT", "--reject-with", "tcp-reset"];
  return addRule(["iptables", "--wait"], "INPUT", [...source, ...toTcp(apiServer()), ...mark, ...target]);
}

/** In the node's own network namespace, with which the rule ends at the latest. */
async function loseWithin(
  node: string,
  chain: "OUTPUT" | "FORWARD",
  address: string,
): Promise<AsyncDisposable> {
  const { pid } = nodeOf(node);
  if (pid === undefined) throw new Error(`node ${node} of the test cluster does not run`);
  // The table that comes before kube-proxy's own rules, which let established connections through.
  const iptables = ["nsenter", "-t", String(pid), "-n", "iptables", "--wait", "--table", "mangle"] as const;
  return addRule(iptables, chain, [...toTcp(address), "--jump", "DROP"]);
}

async function addRule(
  iptables: readonly [string, ...string[]],
  chain: string,
  rule: readonly string[],
): Promise<AsyncDisposable> {
  const [program, ...options] = iptables;
  const run = (...args: readonly string[]) => runCommand(program, [...options, ...args]);
  await run("--insert", chain, "1", ...rule);
  return undoneBy(async () => {
    // With its node, or the whole cluster, the rule is gone already.
    const isThere = await run("--check", chain, ...rule).then(
      () => true,
      () => false,
    );
    if (isThere) await run("--delete", chain, ...rule);
  });
}

function toTcp(address: string): readonly string[] {
  const [host = "", port = ""] = address.split(":");
  return ["--protocol", "tcp", "--destination", host, "--dport", port];
}

/** Where the packets go once kube-proxy has put the real address in the place of the service's. */
function apiServer(): string {
  return new URL(testCluster().apiServer).host;
}

function nodeOf(node: string) {
  const found = testCluster().nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`the test cluster has no node ${node}`);
  return found;
}
