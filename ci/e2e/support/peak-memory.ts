import { readFileSync } from "node:fs";

/** The most memory that a process has held at once, as the kernel counts it. */
export interface PeakMemory extends Disposable {
  /** In MiB; 0 before the first look. What came in the last 20 ms of its life may be missing. */
  readonly peakMiB: number;
}

/** Looks at the process 50 times a second until it has ended or this is disposed of. */
export function watchPeakMemory(pid: number): PeakMemory {
  let peakMiB = 0;
  const look = () => {
    try {
      const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      // The kernel keeps the peak itself; a process that has ended has none.
      if (kibibytes !== undefined) peakMiB = Number(kibibytes) / 1024;
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(look, 20);
  return {
    get peakMiB() {
      return peakMiB;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
