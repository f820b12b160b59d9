import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { createDeadline } from "../deadline.ts";
import { maxStdoutBytes, type ProviderEnd, runToEnd } from "./provider-program.ts";
import { type ProviderResponse, requestFor, responseFrom } from "./provider-response.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What a run of a plugin came to. */
export type RunResult =
  | { readonly kind: "answered"; readonly response: ProviderResponse }
  /** It failed, for this image or for whatever it would be asked; `problem` says how and quotes nothing that it wrote. */
  | { readonly kind: "failed"; readonly concerns: "image" | "provider"; readonly problem: string };

/** What plugins run with. */
export interface RunOptions {
  /** The folder of the plugins. */
  readonly binDir: string;
  readonly clock: Clock;
  /** How long a run may take; a minute, as for the kubelet, if not given. */
  readonly runLimitMs?: number | undefined;
}

const minuteMs = 60_000;

/** Asks a provider's plugin about one repository. Rejects only with `signal`'s reason; the plugin is killed then. */
export async function runProvider(
  { name, args, env }: ProviderSettings,
  repositoryName: string,
  { binDir, clock, runLimitMs = minuteMs }: RunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const provider = `credential provider ${name}`;
  const program = join(binDir, name);
  using deadline = createDeadline(clock, runLimitMs, signal);
  try {
    const command = { program, args, env, input: requestFor(repositoryName) };
    const end = await runToEnd(command, deadline.signal);
    if (end.kind === "unstarted")
      return failed("provider", `${provider} cannot be started: ${await whyUnstarted(program, end.code)}`);
    const place = `${provider}, asked for ${repositoryName},`;
    const response =
      end.kind === "exited" && end.exitCode === 0 ? responseFrom(end.stdout, provider, place) : howEnded(end);
    if (typeof response !== "string") return { kind: "answered", response };
    return failed("image", `${place} ${response}`);
  } catch (error) {
    if (signal.aborted || error !== deadline.signal.reason) throw error;
    return failed("provider", `${provider} had not ended after ${runLimitMs / 1_000} s and was killed`);
  }
}

function failed(concerns: "image" | "provider", problem: string): RunResult {
  return { kind: "failed", concerns, problem };
}

function howEnded(end: Exclude<ProviderEnd, { kind: "unstarted" }>): string {
  switch (end.kind) {
    case "overlong":
      return `wrote more than ${maxStdoutBytes / 1024 ** 2} MiB and was killed`;
    case "exited":
      return `ended with exit code ${end.exitCode} ${complaint(end.stderrBytes)}`;
    case "signalled":
      return `was ended by ${end.signal} ${complaint(end.stderrBytes)}`;
  }
}

function complaint(stderrBytes: number): string {
  if (stderrBytes === 0) return "and wrote nothing to stderr";
  return `and wrote ${stderrBytes} bytes to stderr, which are not shown as they may hold secrets`;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "may not be executed: it is not executable, or lies on a file system mounted with noexec",
  ENOEXEC: "is no program for this machine, or a script without its #! line",
  ENOTDIR: "does not lie in a folder: what is given as the folder of plugins is none",
};

async function whyUnstarted(program: string, code: string): Promise<string> {
  if (code !== "ENOENT") return `${program} ${reasons[code] ?? `was refused by the system (${code})`}`;
  const isThere = await access(program, constants.F_OK).then(
    () => true,
    () => false,
  );
  // The kernel says the same of a program that is there and whose interpreter is not.
  return isThere
    ? `${program} is there, but what it needs to start is not in the agent's image: the interpreter of its #! line, or its dynamic loader; a statically linked plugin needs neither`
    : `${program} is not there; the plugin has to lie in the folder that is given for plugins, under its provider's name`;
}
