import { CommandError, type CommandOutput } from "../../run-command.ts";

/** How a command ended, well or not. */
export interface CommandEnd {
  readonly exitCode: number;
  /** What it wrote on its standard output, then what on its standard error. */
  readonly text: string;
  readonly seconds: number;
}

/** How the command, which has just been started, ends. Rejects where it could not be started or a signal ended it. */
export async function endOf(command: Promise<CommandOutput>): Promise<CommandEnd> {
  const startMs = performance.now();
  const endFrom = (exitCode: number, { stdout, stderr }: CommandOutput): CommandEnd => ({
    exitCode,
    text: stdout + stderr,
    seconds: (performance.now() - startMs) / 1000,
  });
  try {
    return endFrom(0, await command);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode === undefined) throw error;
    return endFrom(error.exitCode, error);
  }
}
