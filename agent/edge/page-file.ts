import { randomUUID } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../clock.ts";

/** A file that is written anew now and then, and is whole at any time. */
export interface PageFile {
  /** Aborts once it could not be written. */
  readonly failed: AbortSignal;
  /** Has the file hold this text: now, or five seconds after the last time, unless another one is offered until then. */
  offer(text: () => string): void;
  /** Writes what is still to be written; resolves to a sentence where the file could not be written. */
  finish(): Promise<string | undefined>;
}

// A browser that shows it need not be told more often.
const leastMsBetween = 5_000;

/** The file at `path`; nothing is written before the first text. */
export function createPageFile(path: string, clock: Clock): PageFile {
  const failure = new AbortController();
  let newest: (() => string) | undefined;
  let notBeforeMs = clock.nowMs();
  let callOff: (() => void) | undefined;
  let written: Promise<void> = Promise.resolve();

  const write = () => {
    callOff?.();
    callOff = undefined;
    if (newest === undefined || failure.signal.aborted) return;
    const text = newest();
    newest = undefined;
    notBeforeMs = clock.nowMs() + leastMsBetween;
    written = written.then(() => replaceFile(path, text)).catch((error: unknown) => failure.abort(error));
  };
  return {
    failed: failure.signal,
    offer: (text) => {
      newest = text;
      callOff ??= clock.after(Math.max(0, notBeforeMs - clock.nowMs()), write);
    },
    finish: async () => {
      write();
      await written;
      if (!failure.signal.aborted) return undefined;
      const { reason } = failure.signal;
      return `${path} cannot be written: ${reason instanceof Error ? reason.message : String(reason)}`;
    },
  };
}

/** Puts the text in the file's place at once: whoever reads it sees the former or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await targetOf(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Where it lies: a link stays one, and what is no file, as a terminal or a pipe, is not replaced by one. */
async function targetOf(path: string): Promise<string> {
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return path;
    throw error;
  });
  const found = await stat(target).catch(() => undefined);
  if (found === undefined || found.isFile()) return target;
  throw new Error("it is there, and no file");
}
