import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../run-command.ts";

// The shell's own word for what its children have taken: user and system time.
const script = 'gzip -dc "$1" | tar -x -C "$2" && times';

/**
 * The processor time, in seconds, that it takes to decompress the gzipped tar archive and to write its files to a folder within `folder`,
 * which is gone afterwards.
 */
export async function unpackSeconds(archive: string, folder: string, signal: AbortSignal): Promise<number> {
  const into = await mkdtemp(join(folder, "unpacked-"));
  try {
    const { stdout } = await runCommand("sh", ["-c", script, "sh", archive, into], { signal });
    return childrenSeconds(stdout);
  } finally {
    // Where the signal aborts, tar may still be writing.
    await rm(into, { recursive: true, maxRetries: 20 });
  }
}

/** The processor time of a shell's children, by the two lines of its `times`. */
export function childrenSeconds(times: string): number {
  const [, children = ""] = times.trim().split("\n");
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`"${times}" are not the times of a shell`);
  return parts.reduce((total, [, minutes, seconds]) => total + Number(minutes) * 60 + Number(seconds), 0);
}
