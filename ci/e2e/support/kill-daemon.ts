import { daemonPid, type NodeDaemon } from "../../cluster/cluster.ts";
import { testCluster } from "./scene.ts";

/** Kills a daemon of the node with SIGKILL. The node starts it again 0.5 s later. */
export function killDaemon(node: string, daemon: NodeDaemon): void {
  const pid = daemonPid(testCluster(), node, daemon);
  if (pid === undefined) throw new Error(`${daemon} does not run on ${node}`);
  process.kill(pid, "SIGKILL");
}
