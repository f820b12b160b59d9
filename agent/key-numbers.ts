// Which number each image of a list has, as text: images with the same number share their bits.
import type { Entry } from "./image-list.ts";
import { bitsFromKeys, keysFromBits } from "./key-bits.ts";

// Each is a bit per image, and the environment has 128 KiB for one variable: with three such fields that does for 20,000 images.
const mostNumbers = 10;

/** The numbers of those `imageKey`s, each beside the bits of its images; of more than ten different numbers the largest ten. */
export function numbersByBits(
  entries: readonly Entry[],
  numbers: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const largest = [...new Set(numbers.values())].sort((a, b) => b - a).slice(0, mostNumbers);
  const keysWith = (number: number) =>
    new Set([...numbers.keys()].filter((key) => numbers.get(key) === number));
  return Object.fromEntries(largest.map((number) => [bitsFromKeys(entries, keysWith(number)), number]));
}

/** The number of each `imageKey` whose bit is set beside one. */
export function numbersFromBits(
  entries: readonly Entry[],
  byBits: Readonly<Record<string, number>> | undefined,
): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(byBits ?? {}).flatMap(([bits, number]) =>
      [...keysFromBits(entries, bits)].map((key) => [key, number] as const),
    ),
  );
}
