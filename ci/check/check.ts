import type { TestTotals } from "../test-runner.ts";
import { runUnitTests, type Step, steps } from "./steps.ts";

/**
 * Runs every step, also after one that failed, and the unit tests; a step counts as a test. Prints as it goes. Throws
 * the reason of `signal` once it aborts.
 */
export async function check(signal: AbortSignal): Promise<TestTotals> {
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  let failed = 0;
  for (const step of steps) {
    if (!(await isPassed(step, log))) failed += 1;
    signal.throwIfAborted();
  }
  const tests = await runUnitTests(log, signal);
  return {
    passed: tests.passed + steps.length - failed,
    failed: tests.failed + failed,
    skipped: tests.skipped,
  };
}

async function isPassed(step: Step, log: (line: string) => void): Promise<boolean> {
  const startMs = performance.now();
  try {
    await step.run(log);
    log(`✔ ${step.name} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    log(`✖ ${step.name}\n${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
