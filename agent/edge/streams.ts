import { programName } from "../program-name.ts";
import type { Job } from "./job-control.ts";

/** Where a command's words go, and what the process knows of it. */
export interface Streams extends Partial<Job> {
  /** What was asked for. */
  readonly stdout: NodeJS.WriteStream;
  /** What is said about it. */
  readonly stderr: NodeJS.WriteStream;
  /** The environment, in which TERM says what kind of terminal they are. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The file that was started is its second. */
  readonly argv?: readonly string[];
}

/** How a person calls the program whose streams they are. */
export function programOf({ argv = [] }: Pick<Streams, "argv">): string {
  return programName(argv[1]);
}

/** The width of the terminal that stdout is; undefined where it is none, or does not tell. */
export function widthOf({ stdout }: Streams): number | undefined {
  // One that does not tell has 0 columns.
  return stdout.isTTY ? stdout.columns || undefined : undefined;
}

/** Aborts once stdout takes nothing any more, as when its reader has gone. */
export function goneSignal({ stdout }: Streams): AbortSignal {
  const controller = new AbortController();
  stdout.once("error", (error) => controller.abort(error));
  return controller.signal;
}

/** Resolves once both have handed on all that they were given, or cannot. */
export async function handedOn({ stdout, stderr }: Streams): Promise<void> {
  const last = (stream: NodeJS.WriteStream) =>
    new Promise<void>((resolve) => {
      stream.write("", () => resolve());
    }).catch(() => {});
  await Promise.all([last(stdout), last(stderr)]);
}

/** Says why the process ends with `code`, and hands it back. */
export function endWithError({ stderr }: Streams, code: number, message: string): number {
  stderr.write(`error: ${message}\n`);
  return code;
}
