import { countOf } from "../../count-of.ts";

/** As many as one reads one by one. */
export const mostAlone = 20;

/** The items in groups of which each is alike, in the order of their first ones; up to 20 items are each in a group of its own. */
export function groupsOf<Item>(
  items: readonly Item[],
  likenessOf: (item: Item) => readonly unknown[],
): readonly (readonly Item[])[] {
  if (items.length <= mostAlone) return items.map((item) => [item]);
  return [...Map.groupBy(items, (item) => JSON.stringify(likenessOf(item))).values()];
}

const mostNamed = 3;

/** The node's name, or how many nodes they are, and the first names. */
export function nodesText(names: readonly string[]): string {
  return names.length === 1 ? names.join() : `${countOf(names.length, "node")}: ${firstOf(names)}`;
}

/** The first texts, and how many more there are: `a, b, c and 4,997 more`. */
export function firstOf(texts: readonly string[]): string {
  const first = texts.slice(0, mostNamed).join(", ");
  const more = texts.length - mostNamed;
  return more > 0 ? `${first} and ${more.toLocaleString("en")} more` : first;
}
