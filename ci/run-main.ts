import { inspect } from "node:util";

/**
 * Runs what a command line asks for. An error is told in one sentence and makes the exit code 1; only a mistake of this
 * project's own code is shown with its stack.
 */
export async function runMain(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    process.stderr.write(
      `error: ${error instanceof Error && !isMistake(error) ? error.message : inspect(error)}\n`,
    );
    process.exitCode = 1;
  }
}

function isMistake(error: Error): boolean {
  const isOfTheLanguage = [TypeError, RangeError, ReferenceError].some((type) => error instanceof type);
  // What parseArgs of node:util has to say of a flag is a TypeError too.
  return isOfTheLanguage && !("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_"));
}
