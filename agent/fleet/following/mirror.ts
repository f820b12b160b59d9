import { isDeepStrictEqual } from "node:util";
import type { Change } from "../fleet-api.ts";

/** Objects as they are by the changes that were heard of. */
export interface Mirror<Item> {
  /** The same array until something but a version changes; undefined before the first `all`. */
  items(): readonly Item[] | undefined;
  /** What keeps changes from being heard of; undefined where all is well. */
  interruption(): string | undefined;
  /** Says whether anything is another than before, but for a version: a kubelet gives its Node a new one every few minutes. */
  take(change: Change<Item>): boolean;
}

/** Knows objects by the name that `nameOf` gives them. */
export function createMirror<Item extends object>(nameOf: (item: Item) => string): Mirror<Item> {
  let known: Map<string, Item> | undefined;
  let items: readonly Item[] | undefined;
  let interruption: string | undefined;
  return {
    items: () => {
      // Only where it is asked for: of thousands of changes that come at once, one array.
      if (items === undefined && known !== undefined) items = [...known.values()];
      return items;
    },
    interruption: () => interruption,
    take: (change) => {
      if (change.kind === "interrupted") {
        const isNew = interruption !== change.why;
        interruption = change.why;
        return isNew;
      }
      if (change.kind === "all") {
        interruption = undefined;
        known = new Map(change.items.map((item) => [nameOf(item), item]));
      } else if (known === undefined || !takenInto(known, nameOf(change.item), change)) return false;
      items = undefined;
      return true;
    },
  };
}

/** Whether it is another by that change. */
function takenInto<Item extends object>(
  known: Map<string, Item>,
  name: string,
  { kind, item }: { readonly kind: "set" | "removed"; readonly item: Item },
): boolean {
  if (kind === "removed") return known.delete(name);
  if (isSame(known.get(name), item)) return false;
  known.set(name, item);
  return true;
}

function isSame(before: object | undefined, now: object): boolean {
  return before !== undefined && isDeepStrictEqual(withoutVersion(before), withoutVersion(now));
}

function withoutVersion(item: object): object {
  return { ...item, resourceVersion: undefined };
}
