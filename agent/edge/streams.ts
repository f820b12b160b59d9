/** Where a command's words go. */
export interface Streams {
  /** What was asked for. */
  readonly stdout: NodeJS.WriteStream;
  /** What is said about it. */
  readonly stderr: NodeJS.WriteStream;
}

/** The width of the terminal that stdout is; undefined where it is none, or does not tell. */
export function widthOf({ stdout }: Streams): number | undefined {
  // One that does not tell has 0 columns.
  return stdout.isTTY ? stdout.columns || undefined : undefined;
}

/** Says why the process ends with `code`, and hands it back. */
export function endWithError({ stderr }: Streams, code: number, message: string): number {
  stderr.write(`error: ${message}\n`);
  return code;
}
