import type { Change } from "./fleet-api.ts";

/** Objects as they are by the changes that were heard of. */
export interface Mirror<Item> {
  /** The same array until something changes; undefined before the first `all`. */
  items(): readonly Item[] | undefined;
  /** What keeps changes from being heard of; undefined where all is well. */
  interruption(): string | undefined;
  /** Says whether anything is another than before. */
  take(change: Change<Item>): boolean;
}

/** Knows objects by the name that `nameOf` gives them. */
export function createMirror<Item>(nameOf: (item: Item) => string): Mirror<Item> {
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
      items = undefined;
      if (change.kind === "all") {
        interruption = undefined;
        known = new Map(change.items.map((item) => [nameOf(item), item]));
      } else if (change.kind === "set") known?.set(nameOf(change.item), change.item);
      else known?.delete(nameOf(change.item));
      return true;
    },
  };
}
