import type { ExitCode } from "../exit-code.ts";

/** How a command ended: the process's exit code, and what a person should read. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  readonly message: string;
}
