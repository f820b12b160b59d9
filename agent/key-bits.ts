// Which images of a list are meant, as text: one bit for each, so that 5,000 images take 834 characters.
import type { Entry } from "./image-list.ts";

/** The bits of those `imageKey`s of the list that are in `keys`; the text is read again for a list of the same revision. */
export function bitsFromKeys(entries: readonly Entry[], keys: ReadonlySet<string>): string {
  const all = keysOf(entries);
  const bytes = Buffer.alloc(Math.ceil(all.length / 8));
  for (const [index, key] of all.entries()) {
    if (keys.has(key)) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bytes.toString("base64");
}

/** The `imageKey`s whose bit is set; whatever else `bits` is, and what it lacks, is none. */
export function keysFromBits(entries: readonly Entry[], bits: string | undefined): ReadonlySet<string> {
  const bytes = Buffer.from(bits ?? "", "base64");
  return new Set(keysOf(entries).filter((_, index) => ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0));
}

/** In an order that follows from the list alone, however its lines are arranged: the revision says no more. */
function keysOf(entries: readonly Entry[]): readonly string[] {
  return [...new Set(entries.map(({ imageKey }) => imageKey))].sort();
}
