import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes the file, and its folder if need be, so that a reader meets the old text or the new one, never half of it. */
export function writeFileAtomically(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.unfinished`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}
