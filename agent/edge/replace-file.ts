import { randomUUID } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

/**
 * Puts the text in the file's place at once: whoever reads it sees the former or the new one. It has the former one's rights, and its owner where
 * that is allowed. Throws where it cannot be written, and leaves nothing behind.
 */
export function replaceFile(path: string, text: string): void {
  const target = targetOf(path);
  const former = statSync(target, { throwIfNoEntry: false });
  if (former !== undefined && !former.isFile()) throw new Error("it is there, and no file");
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  // Synchronous, so that no signal that the process hears ends it between these lines.
  try {
    writeNew(temporary, text, former);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeNew(path: string, text: string, former: Stats | undefined): void {
  // Nobody is to read it before it has the former one's rights.
  const file = openSync(path, "wx", former === undefined ? 0o644 : 0o600);
  try {
    if (former !== undefined) assume(file, former);
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

function assume(file: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch {
    // Only root may give a file away; it is the user's own then, as any other that they write.
  }
  fchmodSync(file, mode & 0o777);
}

/** Where it lies, or is to lie: a link stays one, be it to what is not there yet. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const link = linkAt(path);
  if (link === undefined) return path;
  // Not `join`, which would take `folder/..` for nothing even where `folder` is a link.
  return targetOf(isAbsolute(link) ? link : `${dirname(path)}/${link}`);
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // No link, or nothing at all: what is wrong with its folder is said when it is written.
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
