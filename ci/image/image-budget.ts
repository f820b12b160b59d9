import type { ImageWeight } from "./weigh-image.ts";

// Ten thousand nodes download it with every release. 33.0 MB on amd64 and a twentieth more; the goal is 44.
const budgetBytes = 34_600_000;

/** Throws a sentence where one of the platforms weighs more, compressed, than an image of the agent may. */
export function refuseHeavyImage(
  weights: readonly Pick<ImageWeight, "platform" | "compressedBytes">[],
): void {
  for (const { platform, compressedBytes } of weights) {
    if (compressedBytes <= budgetBytes) continue;
    const [is, may] = [compressedBytes, budgetBytes].map((bytes) => (bytes / 1e6).toFixed(1));
    throw new Error(
      `the image for ${platform} is ${is} MB compressed, and its budget is ${may} MB: \`npm run image\` shows what weighs, and ` +
        "ci/image/image-budget.ts says why there is a budget",
    );
  }
}
