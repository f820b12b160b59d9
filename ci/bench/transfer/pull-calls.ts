import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { firstPullAtMs } from "./first-pull.ts";

/** Counts PullImage calls by the line that containerd logs when it is asked, whoever asked. */
export interface PullCalls {
  /** Since the last `clear`. */
  count(): number;
  /** When, since the last `clear`, the first of these images was asked for (`performance.now()`); undefined where none was. */
  firstAtMs(references: readonly string[]): number | undefined;
  clear(): void;
}

/** The calls of the containerd that writes `logFile`. */
export function pullCalls(logFile: string): PullCalls {
  let from = statSync(logFile).size;
  return {
    count: () => pullLines(textFrom(logFile, from)),
    firstAtMs: (references) => {
      const wallMs = firstPullAtMs(textFrom(logFile, from), references);
      return wallMs === undefined ? undefined : wallMs - (Date.now() - performance.now());
    },
    clear: () => {
      from = statSync(logFile).size;
    },
  };
}

/** The lines of containerd's log that say that an image is to be pulled. What became of a pull are other lines. */
export function pullLines(log: string): number {
  return log.match(/msg="PullImage \\"[^"\\]+\\""/g)?.length ?? 0;
}

function textFrom(file: string, from: number): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - from));
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, from));
  } finally {
    closeSync(descriptor);
  }
}
