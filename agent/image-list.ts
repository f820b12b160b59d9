import { normalisedName, parseImageReference } from "./image-reference.ts";
import { redact } from "./redact.ts";

/** One image of the list, as the user wrote it. */
export interface Entry {
  /** The list's line: what names the entry in the revision. */
  readonly line: string;
  /** What names the entry in the log, the annotation and the summary: the line, without what may be a secret in it. */
  readonly displayName: string;
  /** What the runtime is asked for. */
  readonly imageReference: string;
  /** Equal for entries that are the same image, so that it is pulled once; the line itself where it is invalid. */
  readonly imageKey: string;
  /** Why the reference is invalid, as a sentence; undefined where it is valid. */
  readonly invalid: string | undefined;
}

/** The entries of a list's lines, each different line once, in the order given. */
export function entriesFromLines(lines: readonly string[]): readonly Entry[] {
  return [...new Set(lines)].map(entryFromLine);
}

/**
 * The lines of a list file: one entry a line; a `#` at a line's start, or after white space, starts a comment;
 * blank lines, white space around a line, CRLF and a byte order mark are passed over.
 */
export function linesFromText(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

function entryFromLine(line: string): Entry {
  const parsed = parseImageReference(line);
  if (parsed.kind === "invalid") {
    // Only here can the line hold anything but a name: a URL with a password, for one.
    const displayName = redact(line);
    return { line, displayName, imageReference: line, imageKey: line, invalid: redact(parsed.message) };
  }
  const imageKey = normalisedName(parsed.reference);
  return { line, displayName: line, imageReference: line, imageKey, invalid: undefined };
}
