import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";

/** A program to be run to its end. */
export interface ProviderCommand {
  /** Absolute path of the program; no shell sees it. */
  readonly program: string;
  readonly args: readonly string[];
  /** The whole of its environment: nothing of the agent's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** What it finds on stdin. A program that does not read it may leave it. */
  readonly input: string;
}

/** How a program ended. What it wrote to stderr is counted and thrown away, since it may be anything. */
export type ProviderEnd =
  | {
      readonly kind: "exited";
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderrBytes: number;
    }
  | { readonly kind: "signalled"; readonly signal: string; readonly stderrBytes: number }
  /** It wrote more than `maxStdoutBytes`, and was killed at that. */
  | { readonly kind: "overlong" }
  /** It never ran; `code` is the operating system's: `ENOENT`. */
  | { readonly kind: "unstarted"; readonly code: string };

/** How much of a program's stdout is read. */
export const maxStdoutBytes = 1024 * 1024;

/**
 * Runs a program in a process group of its own with `/` as its folder, and kills what is left of the group as the program ends, as
 * `signal` aborts and as this process exits. Rejects only with the signal's reason, and at once.
 */
export async function runToEnd(command: ProviderCommand, signal: AbortSignal): Promise<ProviderEnd> {
  signal.throwIfAborted();
  const child = spawned(command);
  if ("kind" in child) return child;
  if (child.pid === undefined) {
    const [error] = await once(child, "error");
    return { kind: "unstarted", code: codeOf(error) };
  }
  const { promise, resolve, reject } = Promise.withResolvers<ProviderEnd>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  collect(child, resolve);
  keepRunning(child);
  child.stdin.end(command.input);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", giveUp);
    stop(child);
  }
}

function spawned({ program, args, env }: ProviderCommand): ChildProcessWithoutNullStreams | ProviderEnd {
  try {
    // A new session makes it the leader of a process group, which is what can be killed with all its children.
    return spawn(program, [...args], { env: { ...env }, cwd: "/", detached: true, stdio: "pipe" });
  } catch (error) {
    return { kind: "unstarted", code: codeOf(error) };
  }
}

/** Calls `onEnd` when the program has ended and its output has been read, or as soon as there is too much of it. */
function collect(child: ChildProcessWithoutNullStreams, onEnd: (end: ProviderEnd) => void): void {
  const chunks: Buffer[] = [];
  let stdoutBytes = 0;
  let stderrBytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes > maxStdoutBytes) onEnd({ kind: "overlong" });
    else chunks.push(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderrBytes += chunk.length;
  });
  // EPIPE, where the program does not read: what it answers, or its exit code, says more.
  child.stdin.on("error", () => {});
  child.on("close", (exitCode: number | null, signal: NodeJS.Signals | null) => {
    if (exitCode === null) return onEnd({ kind: "signalled", signal: signal ?? "", stderrBytes });
    onEnd({ kind: "exited", exitCode, stdout: Buffer.concat(chunks).toString("utf8"), stderrBytes });
  });
}

// The programs that run, for the exit of this process, whatever brings it about.
const running = new Set<ChildProcessWithoutNullStreams>();
const killAll = () => running.forEach(killGroup);

function keepRunning(child: ChildProcessWithoutNullStreams): void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(child);
  // What it leaves behind would keep its output open. From here on the group's number may come to be another's.
  child.on("exit", () => {
    killGroup(child);
    forget(child);
  });
}

function forget(child: ChildProcessWithoutNullStreams): void {
  if (running.delete(child) && running.size === 0) process.off("exit", killAll);
}

function stop(child: ChildProcessWithoutNullStreams): void {
  if (running.has(child)) killGroup(child);
  forget(child);
  // A child that has left the group may hold the output open, and a program that hangs in the kernel does not end.
  for (const stream of child.stdio) stream?.destroy();
  child.unref();
}

function killGroup({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: none of them is left.
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown";
}
