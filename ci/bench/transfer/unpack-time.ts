import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../run-command.ts";

// The shell's own word for what its children have taken, user and system time: of gzip on one stream, of tar on the other.
const script = '{ gzip -dc "$1" && times >&2; } | { tar -x -C "$2" && times; }';

// The first one may have to read the archive from the disk.
const unpackings = 3;

/** Processor time, in seconds, to unpack one layer: two programs that may run at once. */
export interface UnpackTime {
  /** To decompress it. */
  readonly gzip: number;
  /** To write its files. */
  readonly tar: number;
}

/**
 * The least processor time that gzip and tar take for the gzipped archive in three unpackings one after the other. The files come into
 * a folder within `folder`, which is gone afterwards.
 */
export async function unpackTime(archive: string, folder: string, signal: AbortSignal): Promise<UnpackTime> {
  const times: UnpackTime[] = [];
  while (times.length < unpackings) times.push(await unpackOnce(archive, folder, signal));
  const leastOf = (program: keyof UnpackTime) => Math.min(...times.map((time) => time[program]));
  return { gzip: leastOf("gzip"), tar: leastOf("tar") };
}

async function unpackOnce(archive: string, folder: string, signal: AbortSignal): Promise<UnpackTime> {
  const into = await mkdtemp(join(folder, "unpacked-"));
  try {
    const { stdout, stderr } = await runCommand("sh", ["-c", script, "sh", archive, into], { signal });
    return { gzip: childrenSeconds(stderr), tar: childrenSeconds(stdout) };
  } finally {
    // Where the signal aborts, tar may still be writing.
    await rm(into, { recursive: true, maxRetries: 20 });
  }
}

const shellTimes = /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/;

/** The processor time of a shell's children, by the second line of its `times`, whatever else was said before. */
export function childrenSeconds(text: string): number {
  const lines = text.split("\n").flatMap((line) => {
    const parts = shellTimes.exec(line)?.slice(1).map(Number);
    return parts === undefined ? [] : [parts];
  });
  const [, children] = lines;
  if (children === undefined || lines.length !== 2) throw new Error(`"${text}" are not the times of a shell`);
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = children;
  return (userMinutes + systemMinutes) * 60 + user + system;
}
