import type { BundleWeight } from "./bundle-weight.ts";

// What is read and parsed at each start on each node, and held in memory until the agent sleeps: one careless import can bring all of
// client-node's generated API. A change that is worth its bytes raises the figure, and one that saves some lowers it.
const startBudgetBytes = 1_499_000;
// What a node downloads, the commands that people run among it.
const budgetBytes = 1_636_000;

// Updates of packages may do so much without anybody's thinking.
const margin = 1.03;

/** Throws a sentence that names the largest packages where a bundle weighs more than 3 % above its budget. */
export function refuseHeavyBundle({ startBytes, bytes, packages }: BundleWeight): void {
  const heaviest = packages.slice(0, 6).map((part) => `${part.name} ${kilobytes(part.bytes)}`);
  for (const [what, is, may] of [
    ["what the agent loads at its start", startBytes, startBudgetBytes],
    ["the agent's bundle", bytes, budgetBytes],
  ] as const) {
    if (is <= may * margin) continue;
    throw new Error(
      `${what} has ${kilobytes(is)}, and its budget is ${kilobytes(may)} and 3 %; at the start the most comes from ${heaviest.join(", ")}. ` +
        "If it is worth that, ci/image/bundle-budget.ts has the figure",
    );
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000)} kB`;
}
