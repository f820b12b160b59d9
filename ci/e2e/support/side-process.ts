import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { killCgroup, removeCgroup, trackingHierarchy } from "../../cluster/cgroup.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { fileTail } from "../../cluster/file-tail.ts";
import { startInCgroup } from "../../cluster/start-in-cgroup.ts";
import { waitUntil } from "../../cluster/wait-until.ts";

/** A program that a story runs beside the cluster. */
export interface SideProgram {
  /** Of letters and `-`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Whether it answers by now; a rejection is a no. */
  isReady(): Promise<boolean>;
}

/**
 * Starts the program with a folder of its own, and returns once it is ready. Its process is in the cluster's cgroup and the folder in the
 * cluster's, so that a `down` finds them where a story was killed. Disposed of, both are gone.
 */
export async function startSideProcess(
  cluster: Cluster,
  programIn: (folder: string) => SideProgram,
): Promise<AsyncDisposable> {
  const id = `side-${randomBytes(4).toString("hex")}`;
  const folder = join(cluster.folder, id);
  const cgroup = `${cluster.cgroup}/control/${id}`;
  const dispose = async () => {
    await killCgroup(cgroup);
    await removeCgroup(cgroup);
    rmSync(folder, { recursive: true });
  };
  mkdirSync(folder, { mode: 0o700 });
  try {
    const { name, command, isReady } = programIn(folder);
    const logFile = join(folder, "log");
    const within = [trackingHierarchy()];
    await startInCgroup({ cgroup, within, logFile, command, cwd: folder, env: process.env });
    await waitUntil(`${name} that answers`, 30_000, isReady, 50).catch((cause: Error) => {
      throw new Error(`${cause.message}; the end of its log:\n${fileTail(logFile)}`, { cause });
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { [Symbol.asyncDispose]: dispose };
}

/** A port of the loopback that nobody listens at. */
export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on("error", reject).listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    server.close(() => resolve(port));
  });
  return await promise;
}
