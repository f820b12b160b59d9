import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./root.ts";
import { signalGroup } from "./signal-group.ts";

// A test file has nothing to finish that takes longer; what a cluster leaves, `down` removes.
const killAfterMs = 5_000;

/** How a run of test files ended, in tests. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  /** Skipped and to-do tests: neither is a pass. */
  readonly skipped: number;
}

/** How test files are run. */
export interface TestRunOptions {
  /** How many files run side by side. */
  readonly concurrency: number;
  /** The longest that one test may take, in milliseconds. A test that hangs fails then, and the run goes on. */
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the run, and every process that its tests have started, when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the files (absolute paths) with node's own runner, whose report goes to this process's stdout. Rejects with the
 * reason of the signal where it ended the run, and starts nothing where it had aborted before.
 */
export async function runTestFiles(files: readonly string[], options: TestRunOptions): Promise<TestTotals> {
  options.signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "test-totals-"));
  const totals = join(folder, "totals.json");
  const reporters = [
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(root, "ci/totals-reporter.ts")}`,
    `--test-reporter-destination=${totals}`,
  ];
  const args = [
    "--test",
    `--test-concurrency=${options.concurrency}`,
    `--test-timeout=${options.timeoutMs}`,
    ...reporters,
    ...files,
  ];
  try {
    await ended(args, options);
    options.signal?.throwIfAborted();
    return JSON.parse(await readFile(totals, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `12 passed, 1 failed`, the plain closing line of a run. */
export function totalsLine({ passed, failed, skipped }: TestTotals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

/** Whether nothing failed, nothing was skipped, and something was run. */
export function isGreen({ passed, failed, skipped }: TestTotals): boolean {
  return passed > 0 && failed === 0 && skipped === 0;
}

function ended(args: readonly string[], { env, signal }: TestRunOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Set for a run that a test started: the inner runner would report to the outer one instead of to us.
  const { NODE_TEST_CONTEXT: _, ...environment } = { ...process.env, ...env };
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
    // A process group of its own: the runner alone would leave behind what its files have started, a shell say.
    detached: true,
  });
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child, "SIGTERM");
    timer = setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs);
  };
  signal?.addEventListener("abort", end, { once: true });
  child.on("error", reject);
  child.on("exit", () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
    // The runner does not wait for what its files have started.
    if (signal?.aborted === true) signalGroup(child, "SIGKILL");
    resolve();
  });
  return promise;
}
