import { processorMsIn } from "../../cluster/cgroup-time.ts";
import { containerCgroup } from "./container-processes.ts";

/** The processor time that the pod's container has taken since it was made, in milliseconds: of all processes that were ever in it. */
export function processorMsOf(node: string, podUid: string, containerId: string): number {
  const takenMs = processorMsIn(containerCgroup(node, podUid, containerId));
  if (takenMs !== undefined) return takenMs;
  throw new Error(`no cgroup tells the processor time of container ${containerId} on ${node}`);
}
