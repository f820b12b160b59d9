import { compressLayer } from "./compress-layer.ts";
import type { TarFile } from "./read-tar.ts";

/** What a part of the image weighs. */
export interface PartWeight {
  readonly name: string;
  /** Of its files. */
  readonly bytes: number;
  /** About: what its files weigh when they are compressed without the others. */
  readonly compressedBytes: number;
}

// A file belongs to the first part whose pattern its path matches; what matches none is Node.js.
const patterns: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["licences and copyrights", /^usr\/share\/doc\/|\.LEGAL\.txt$/],
  ["certificate authorities", /^etc\/ssl\//],
  ["C and C++ libraries", /^lib(64)?\//],
  ["pause, tini and snooze", /^(pause|tini|snooze)$/],
  ["the agent's bundle", /\.mjs$/],
];

/** The largest part. It is what the others leave of the whole: to compress it once more would take half a minute. */
const largest = "Node.js and the archives' frame";

/** The parts that `files` make, the heaviest first; together they weigh what `whole` says. */
export async function weighParts(
  files: readonly TarFile[],
  whole: { readonly bytes: number; readonly compressedBytes: number },
): Promise<readonly PartWeight[]> {
  const parts: PartWeight[] = [];
  for (const [name] of patterns) {
    const own = files.filter(({ path }) => partOf(path) === name).map(({ bytes }) => bytes);
    const bytes = Buffer.concat(own);
    parts.push({ name, bytes: bytes.length, compressedBytes: (await compressLayer(bytes)).length });
  }
  const left = (weight: "bytes" | "compressedBytes") =>
    parts.reduce((rest, part) => rest - part[weight], whole[weight]);
  parts.push({ name: largest, bytes: left("bytes"), compressedBytes: left("compressedBytes") });
  return parts.sort((a, b) => b.compressedBytes - a.compressedBytes);
}

function partOf(path: string): string | undefined {
  return patterns.find(([, pattern]) => pattern.test(path))?.[0];
}

/** The table that `npm run image` prints: a line for each part, and one for the whole. Decimal megabytes. */
export function weightTable(
  platform: string,
  whole: { readonly bytes: number; readonly compressedBytes: number },
  parts: readonly PartWeight[],
): string {
  const row = (name: string, compressed: string, bytes: string) =>
    `${name.padEnd(largest.length + 2)}${compressed.padStart(12)}${bytes.padStart(14)}`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
  return [
    row(platform, "compressed", "uncompressed"),
    ...parts.map(({ name, bytes, compressedBytes }) =>
      row(`  ${name}`, `~${megabytes(compressedBytes)}`, megabytes(bytes)),
    ),
    row("  all of it", megabytes(whole.compressedBytes), megabytes(whole.bytes)),
  ].join("\n");
}
