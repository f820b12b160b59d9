import { runCommand } from "../../run-command.ts";
import { pushSampleImage } from "./sample-image.ts";
import { testCluster } from "./scene.ts";

/** Puts an image under `reference` into the node's containerd, as by an import: the registry need not have it. */
export async function preloadImage(node: string, reference: string): Promise<void> {
  const cluster = testCluster();
  const socket = cluster.nodes.find(({ name }) => name === node)?.containerdSocket;
  if (socket === undefined) throw new Error(`the test cluster has no node ${node}`);
  const ctr = (...args: readonly string[]) =>
    runCommand("ctr", ["--address", socket, "--namespace", "k8s.io", "images", ...args], {
      env: { ...process.env, ...cluster.environment },
    });
  await pushSampleImage("preloaded/source");
  const source = `${cluster.registry}/preloaded/source:1`;
  await ctr("pull", "--plain-http", source);
  await ctr("tag", source, reference);
}
