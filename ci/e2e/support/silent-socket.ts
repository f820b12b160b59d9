import { chmodSync, mkdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { testCluster } from "./scene.ts";

/** A Unix socket on a node that takes every connection and never says a word. */
export interface SilentSocket extends AsyncDisposable {
  /** Its path on the node. */
  readonly path: string;
  /** How many connections came so far. */
  connections(): number;
}

/** Opens the socket `/run/<folder>/silent.sock` on `node`; its group may connect to it, as to containerd's. */
export async function openSilentSocket(node: string, folder: string): Promise<SilentSocket> {
  const runDir = testCluster().nodes.find(({ name }) => name === node)?.runDir;
  if (runDir === undefined) throw new Error(`the test cluster has no node ${node}`);
  mkdirSync(join(runDir, folder), { recursive: true });
  const path = join(runDir, folder, "silent.sock");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    // Whoever hangs up in whatever way is of no interest here.
    socket.on("error", () => {});
    sockets.add(socket.resume());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o660);
  return {
    path: `/run/${folder}/silent.sock`,
    connections: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
