import { buildImage } from "../../image/build-image.ts";
import { ensureImagePrograms } from "../../image/ensure-image-programs.ts";
import { hostPlatform } from "../../image/platform.ts";
import { type ImageWeight, weighImage } from "../../image/weigh-image.ts";
import type { Bar, BenchOptions } from "../section.ts";
import type { PartResult } from "./part.ts";

/** What a node downloads of the agent's image, compressed; of this machine's platform. */
export async function measureImage(_lab: unknown, { log }: BenchOptions): Promise<PartResult> {
  const platforms = [hostPlatform()];
  await ensureImagePrograms(platforms, log);
  const weights = weighImage(await buildImage(platforms, log));
  const rows = weights.map(({ platform, layerBytes, compressedBytes }) => [
    platform,
    inMegabytes(compressedBytes),
    layerBytes.map(inMegabytes).join(" + "),
  ]);
  const head = ["", "compressed", "by layers, the lowest first"];
  const bars = weights.flatMap((weight) => [weightBar(weight, 48, "bar"), weightBar(weight, 44, "goal")]);
  return { tables: [{ title: "The image", rows: [head, ...rows] }], bars, data: weights, notes };
}

const notes = ["Image: `npm run image` says what each part of it weighs."];

/** The bar for what a platform of the image weighs: the same on every machine, so that it always fails the bench where it is missed. */
export function weightBar(
  { platform, compressedBytes }: Pick<ImageWeight, "platform" | "compressedBytes">,
  atMostMegabytes: number,
  kind: "bar" | "goal",
): Bar {
  return {
    what: `image, compressed, ${platform}`,
    bar: `${kind === "goal" ? "goal: " : ""}${atMostMegabytes} MB at most`,
    seen: inMegabytes(compressedBytes),
    isReached: compressedBytes <= atMostMegabytes * 1e6,
    isGate: kind === "bar",
  };
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
