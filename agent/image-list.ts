import { lineFromEntry, parseEntryLine } from "./entry-line.ts";
import { normalisedName, parseImageReference } from "./image-reference.ts";
import { redact } from "./redact.ts";

/** One image of the list, as the user wrote it. */
export interface Entry {
  /** The list's line in its one spelling: what names the entry in the revision. */
  readonly line: string;
  /** What names the entry in the log, the annotation and the summary: the reference, without what may be a secret in it. */
  readonly displayName: string;
  /** What the runtime is asked for. */
  readonly imageReference: string;
  /** Equal for entries that are the same image, so that it is pulled once; the line itself where it is invalid. */
  readonly imageKey: string;
  /** Host and port of the registry by the reference; empty where it is invalid. A mirror on the node is not known here. */
  readonly registry: string;
  /** Registry and repository in full, `docker.io/library/nginx`: what credentials are matched with; empty where it is invalid. */
  readonly repositoryName: string;
  /** Whether the verdict depends on it. */
  readonly isRequired: boolean;
  /** The platforms it is meant for, `os/arch`; empty for all. */
  readonly platforms: readonly string[];
  /** Why the line is invalid, as a sentence; undefined where it is valid. */
  readonly invalid: string | undefined;
}

/** The entries of a list's lines, each different one once, in the order given. */
export function entriesFromLines(lines: readonly string[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const line of lines) {
    const entry = entryFromLine(line);
    if (!entries.has(entry.line)) entries.set(entry.line, entry);
  }
  return [...entries.values()];
}

/** What the revision is made of. */
export function linesOf(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ line }) => line);
}

/** Whether the entry is meant for nodes of `platform`. */
export function appliesTo(entry: Entry, platform: string): boolean {
  return entry.platforms.length === 0 || entry.platforms.includes(platform);
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
  const parsed = parseEntryLine(line);
  if (parsed.kind === "invalid") {
    return invalidEntry(
      line,
      { line, imageReference: line, isRequired: true, platforms: [] },
      parsed.message,
    );
  }
  const { imageReference, isRequired, platforms } = parsed;
  const said = { line: lineFromEntry(parsed), imageReference, isRequired, platforms };
  const reference = parseImageReference(imageReference);
  if (reference.kind === "invalid") return invalidEntry(imageReference, said, reference.message);
  return {
    ...said,
    displayName: imageReference,
    imageKey: normalisedName(reference.reference),
    registry: reference.reference.registry,
    repositoryName: `${reference.reference.registry}/${reference.reference.repository}`,
    invalid: undefined,
  };
}

type Said = Pick<Entry, "line" | "imageReference" | "isRequired" | "platforms">;

// Only an invalid line can hold anything but a name: a URL with a password, for one.
function invalidEntry(name: string, said: Said, message: string): Entry {
  return {
    ...said,
    displayName: redact(name),
    imageKey: said.line,
    registry: "",
    repositoryName: "",
    invalid: redact(message),
  };
}
