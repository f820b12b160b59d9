import { createCipheriv, createHash } from "node:crypto";
import { tarEnd, tarHeader, tarPadding } from "../../tar-entry.ts";
import type { LayerPlan } from "./transfer-types.ts";

// Kept so that a `files` layer of `bytes` comes out as about that much from gzip: measured on these words.
const textCompression = 3.23;
const pieceBytes = 1 << 20;
const fileBytes = { least: 2_000, more: 24_000 };

/** The layer's tar archive, piece by piece: always the same bytes for the same plan, and other bytes for each other name. */
export function* layerArchive(plan: LayerPlan): Generator<Buffer> {
  if (plan.content === "random") yield* randomFile(plan);
  else yield* textFiles(plan);
  yield tarEnd;
}

function* randomFile({ name, bytes }: LayerPlan): Generator<Buffer> {
  const noise = noiseOf(name);
  yield tarHeader(`${name}.bin`, bytes);
  for (let left = bytes; left > 0; left -= pieceBytes) yield noise(Math.min(left, pieceBytes));
  yield tarPadding(bytes);
}

function* textFiles({ name, bytes }: LayerPlan): Generator<Buffer> {
  const noise = noiseOf(name);
  let left = Math.round(bytes * textCompression);
  for (let index = 0; left > 0; index++) {
    const text = textOf(noise, fileBytes.least + (noise(4).readUInt32LE() % fileBytes.more));
    // As many in each folder as a package of a programming language may have.
    const file = `${name}/${Math.floor(index / 100)}/${index % 100}.txt`;
    yield Buffer.concat([tarHeader(file, text.length), text, tarPadding(text.length)]);
    left -= text.length;
  }
}

/** Words as they come, the first of the list more often than the last, in lines. */
function textOf(noise: Noise, bytes: number): Buffer {
  const text = Buffer.alloc(bytes, "\n");
  const draws = noise(bytes);
  for (let at = 0, draw = 0; at < bytes; draw += 2) {
    const [first = 0, second = 0] = [draws[draw], draws[draw + 1]];
    const word = words[(first * second) >> 6];
    at += word?.copy(text, at) ?? 1;
  }
  return text;
}

type Noise = (bytes: number) => Buffer;

/** Bytes that look random and follow from the seed. */
function noiseOf(seed: string): Noise {
  const key = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return (bytes) => cipher.update(Buffer.alloc(bytes));
}

const words: readonly Buffer[] = (() => {
  const noise = noiseOf("words");
  const letters = "etaoinshrdlucmfw";
  const wordOf = (length: number) =>
    [...noise(length)].map((byte) => letters[byte % letters.length]).join("");
  return Array.from({ length: 1024 }, (_, index) =>
    Buffer.from(`${wordOf(3 + (index % 8))}${index % 12 === 0 ? ".\n" : " "}`),
  );
})();
