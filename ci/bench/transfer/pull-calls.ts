import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** Counts PullImage calls by the line that containerd logs when it is asked, whoever asked. */
export interface PullCalls {
  /** Since the last `clear`. */
  count(): number;
  clear(): void;
}

/** The calls of the containerd that writes `logFile`. */
export function pullCalls(logFile: string): PullCalls {
  let from = statSync(logFile).size;
  return {
    count: () => pullLines(textFrom(logFile, from)),
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
