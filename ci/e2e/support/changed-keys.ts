import type { NodeMetadata } from "./node-history.ts";

/** The keys of the labels and annotations that are not the same in both, sorted, each once. */
export function changedKeys(before: NodeMetadata, after: NodeMetadata): readonly string[] {
  const changed = (["labels", "annotations"] as const).flatMap((kind) =>
    Object.keys({ ...before[kind], ...after[kind] }).filter((key) => before[kind][key] !== after[kind][key]),
  );
  return [...new Set(changed)].sort();
}
