import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "./log.ts";

/**
 * The result of `action`, run while no other process holds the lock on `path`. Waits as long as another one
 * does, and says so after a second; where `signal` ends the wait, it rejects with the signal's reason. The kernel
 * drops the lock however this process ends: it is held by a `flock` child that lives until its standard input closes.
 */
export async function withFileLock<T>(
  path: string,
  action: () => Promise<T>,
  log: Log = () => {},
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  mkdirSync(dirname(path), { recursive: true });
  const holder = spawn("flock", ["--exclusive", path, "sh", "-c", "echo locked; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    // Ctrl-C reaches the whole process group; the lock must outlast the command that cleans up after it.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    holder.on("close", () => resolve());
    holder.on("error", () => resolve());
  });
  const giveUp = () => void holder.kill();
  signal?.addEventListener("abort", giveUp);
  const notice = setTimeout(() => log(`waiting for another command that holds ${path}`), 1000);
  try {
    await Promise.race([
      new Promise<void>((resolve) => holder.stdout.once("data", () => resolve())),
      ended.then(() => {
        signal?.throwIfAborted();
        throw new Error(`${path} could not be locked: is \`flock\` (util-linux) there?`);
      }),
    ]);
    clearTimeout(notice);
    signal?.removeEventListener("abort", giveUp);
    return await action();
  } finally {
    clearTimeout(notice);
    signal?.removeEventListener("abort", giveUp);
    holder.stdin.end();
    await ended;
  }
}
