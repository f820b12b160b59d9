import { runCommand } from "../../run-command.ts";
import { testCluster } from "./scene.ts";

/** Another host to whoever asks: of the documentation's addresses, which nobody has. */
const otherAddress = "192.0.2.80";

/**
 * Makes the server at HOST:PORT of this machine another host to `node`: what its containerd sends to the address that comes back,
 * `HOST:80`, arrives there. HTTP clients tell hosts apart by their names alone, not by ports. The rule ends with the node.
 */
export async function asOtherHost(node: string, address: string): Promise<string> {
  const found = testCluster().nodes.find(({ name }) => name === node);
  if (found?.pid === undefined) throw new Error(`node ${node} of the test cluster does not run`);
  const to = ["--destination", otherAddress, "--protocol", "tcp", "--dport", "80"];
  const rule = [...to, "--jump", "DNAT", "--to-destination", address];
  const iptables = ["iptables", "--wait", "--table", "nat", "--insert", "OUTPUT", "1"];
  await runCommand("nsenter", ["-t", String(found.pid), "-n", ...iptables, ...rule]);
  return `${otherAddress}:80`;
}
