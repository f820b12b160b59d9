import { type Ask, objectIn } from "./ask.ts";

/** A list, in the words of who asks for it. */
export interface ListQuestion {
  readonly what: string;
  readonly path: string;
  readonly accept?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The objects in an answer, and in what a watch tells of; where it is left out, a list's `items` and the object itself. */
  readonly objectsIn?: (answer: never) => readonly unknown[];
}

/** Some of a list's objects. */
export interface Page<Projected> {
  readonly items: readonly Projected[];
  /** The version of the whole list, the same for each of its pages; undefined where the server says none. */
  readonly resourceVersion: string | undefined;
}

// A Node of 20 kB makes a page of 5 MB.
const pageSize = 250;

/** The list, page by page, each object projected at once: of thousands only what is looked at stays in memory. */
export async function* versionedPages<Item, Projected>(
  ask: Ask,
  question: ListQuestion,
  project: (item: Item) => Projected,
  signal: AbortSignal,
): AsyncIterable<Page<Projected>> {
  let next: string | undefined;
  do {
    const query = {
      ...question.query,
      limit: String(pageSize),
      ...(next === undefined ? {} : { continue: next }),
    };
    const list = objectIn<List<Item>>(await ask({ ...question, query }, signal));
    next = list.metadata?.continue || undefined;
    const items = question.objectsIn?.(list as never) ?? list.items ?? [];
    yield { items: (items as readonly Item[]).map(project), resourceVersion: list.metadata?.resourceVersion };
  } while (next !== undefined);
}

interface List<Item> {
  readonly items?: readonly Item[];
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
}

/** The objects of `versionedPages` alone. */
export async function* pages<Item, Projected>(
  ask: Ask,
  question: ListQuestion,
  project: (item: Item) => Projected,
  signal: AbortSignal,
): AsyncIterable<readonly Projected[]> {
  for await (const { items } of versionedPages(ask, question, project, signal)) yield items;
}

/** The objects of all pages. */
export async function all<Item, Projected>(
  ask: Ask,
  question: ListQuestion,
  project: (item: Item) => Projected,
  signal: AbortSignal,
): Promise<Projected[]> {
  const found: Projected[] = [];
  for await (const page of pages(ask, question, project, signal)) found.push(...page);
  return found;
}
