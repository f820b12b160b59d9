import { daemonPid } from "../../cluster/cluster.ts";
import { testCluster } from "./scene.ts";

/** Stops the node's kubelet where it is: its containers go on, and it ends and starts none, until this is disposed of. */
export function freezeKubelet(node: string): Disposable {
  const pid = daemonPid(testCluster(), node, "kubelet");
  if (pid === undefined) throw new Error(`kubelet does not run on ${node}`);
  process.kill(pid, "SIGSTOP");
  return { [Symbol.dispose]: () => void process.kill(pid, "SIGCONT") };
}
