import { spawn } from "node:child_process";

/** How a command is run. Everything is optional. */
export interface RunCommandOptions {
  /** The working directory; by default this process's. */
  readonly cwd?: string;
  /** The whole environment; by default this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** What the command reads on its standard input; by default nothing. */
  readonly input?: string;
  /** Milliseconds after which the command is killed and counts as failed; by default it may take for ever. */
  readonly timeoutMs?: number;
  /** Kills the command when it aborts. */
  readonly signal?: AbortSignal;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that could not be started, was killed, or ended with another exit code than 0. */
export class CommandError extends Error {
  readonly command: string;
  /** Undefined when a signal ended the command or it could not be started. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly stdout: string;

  constructor(
    command: string,
    ending: string,
    exitCode: number | undefined,
    { stdout, stderr }: CommandOutput,
  ) {
    const tail = stderr.trimEnd().split("\n").slice(-12).join("\n");
    super(`\`${command}\` ${ending}${tail === "" ? "" : `:\n${tail}`}`);
    this.name = "CommandError";
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
    this.stdout = stdout;
  }
}

/**
 * What the command wrote, once it ended with exit code 0. Everything else is a CommandError that names the
 * command, how it ended and the end of its standard error. No shell is involved.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandOutput> {
  const command = [program, ...args].join(" ").slice(0, 200);
  const { promise, resolve, reject } = Promise.withResolvers<CommandOutput>();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    timeout: options.timeoutMs,
    signal: options.signal,
    killSignal: "SIGKILL",
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  // A command that ends without reading its input (EPIPE) is judged by its exit code alone.
  child.stdin?.on("error", () => {}).end(options.input);
  child.on("error", (error) => {
    reject(new CommandError(command, `could not be run (${error.message})`, undefined, output));
  });
  child.on("close", (code, signal) => {
    if (code === 0) resolve(output);
    else if (code === null) reject(new CommandError(command, `was ended by ${signal}`, undefined, output));
    else reject(new CommandError(command, `ended with exit code ${code}`, code, output));
  });
  return promise;
}
