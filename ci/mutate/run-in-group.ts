import { spawn } from "node:child_process";
import { once } from "node:events";
import { signalGroup } from "../signal-group.ts";

/** How the program is run; its output goes where this process's goes. */
export interface RunInGroupOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the program and all that it has started. */
  readonly signal: AbortSignal;
}

/**
 * Runs the program in a process group of its own, of which nothing is left afterwards, and says its exit code; undefined
 * where a signal ended it. Rejects with the reason of `signal` where that ended it.
 */
export async function runInGroup(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: RunInGroupOptions,
): Promise<number | undefined> {
  signal.throwIfAborted();
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  // No file of theirs outlives the run, so they need no time to tidy up.
  const end = () => signalGroup(child, "SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  try {
    const [code] = await once(child, "exit");
    signal.throwIfAborted();
    return code ?? undefined;
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}
