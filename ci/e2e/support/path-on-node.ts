import { join } from "node:path";
import { testCluster } from "./scene.ts";

/** Where the machine finds a path of that node: by way of the node's first process, whose mount namespace is its own. Throws where it does not run. */
export function pathOnNode(node: string, path: string): string {
  const found = testCluster().nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`the test cluster has no node ${node}`);
  if (found.pid === undefined) throw new Error(`${node} does not run`);
  return join(`/proc/${found.pid}/root`, path);
}
