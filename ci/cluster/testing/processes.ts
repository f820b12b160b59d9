import { readdirSync, readFileSync } from "node:fs";

/** A process of the machine, as /proc shows it. */
export interface Process {
  readonly pid: number;
  /** The command line, or the name in brackets where there is none: a zombie's. */
  readonly command: string;
  readonly cgroup: string;
  readonly environment: string;
}

/** Every process but the kernel's own threads and those that this process itself started. */
export function processes(): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => processOf(Number(pid)) ?? []);
}

function processOf(pid: number): Process | undefined {
  try {
    const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    const status = read("status");
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    if (pid === 2 || parent === 2 || parent === process.pid) return undefined;
    const name = /^Name:\s*(.*)/m.exec(status)?.[1] ?? "";
    const command = read("cmdline").replaceAll("\0", " ").trim() || `[${name}]`;
    return { pid, command, cgroup: read("cgroup"), environment: read("environ") };
  } catch {
    // It ended in between.
    return undefined;
  }
}
