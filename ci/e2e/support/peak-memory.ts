import { readFileSync } from "node:fs";

/** The most memory that a process has held at once, as the kernel counts it. */
export interface PeakMemory extends Disposable {
  /** In MiB; 0 before the first look. What came after the last look may be missing. */
  readonly peakMiB: number;
}

/** Looks at the process every so many milliseconds (default 20) until it has ended or this is disposed of. */
export function watchPeakMemory(pid: number, everyMs = 20): PeakMemory {
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
  const timer = setInterval(look, everyMs);
  return {
    get peakMiB() {
      return peakMiB;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
