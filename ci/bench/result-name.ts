import type { BenchFlags } from "./bench-flags.ts";

/**
 * The file name, without its ending, of what a bench of that commit leaves: `<commit>` of the whole one, and `<commit>-quick`,
 * `<commit>-fleet` or `<commit>-quick-footprint-warm` of others, so that none replaces the whole one's figures.
 */
export function resultName(commit: string, { isQuick, only }: Pick<BenchFlags, "isQuick" | "only">): string {
  const parts = [commit, isQuick ? "quick" : undefined, only?.replaceAll(/[^\w.-]+/g, "-")];
  return parts.filter((part) => part !== undefined).join("-");
}
