import { createBell } from "../bell.ts";
import type { Change } from "../fleet/fleet-api.ts";
import { KubeError } from "../kube-error.ts";

/** What those who follow are told of: that something may have changed, a sentence why they hear of nothing, or an HTTP code. */
export type FollowNews =
  | { readonly kind: "changed" }
  | { readonly kind: "interrupted"; readonly why: string }
  | number;

/** Objects that can be followed. */
export interface FakeFollow<Item> {
  /** All of them, then what differs after each `changed`; after an interruption the next `changed` brings all again. */
  changes(read: () => readonly Item[], signal: AbortSignal): AsyncIterable<Change<Item>>;
  /** Tells everybody who follows by now; a number has them throw a KubeError with that status. */
  tell(news: FollowNews): void;
  /** How many follow. */
  count(): number;
}

export function createFakeFollow<Item extends object>(
  what: string,
  nameOf: (item: Item) => string,
): FakeFollow<Item> {
  const followers = new Set<FollowNews[]>();
  const bell = createBell();
  async function* changes(read: () => readonly Item[], signal: AbortSignal): AsyncIterable<Change<Item>> {
    const news: FollowNews[] = [{ kind: "changed" }];
    let known: Map<string, Item> | undefined;
    followers.add(news);
    try {
      for (;;) {
        signal.throwIfAborted();
        const next = news.shift();
        if (next === undefined) await bell.rung(signal);
        else if (typeof next === "number") throw new KubeError(`cannot ${what} (HTTP ${next})`, next);
        else if (next.kind === "interrupted") {
          known = undefined;
          yield next;
        } else {
          // As they are now: a test may change them again before they are looked at.
          const now = new Map(read().map((item) => [nameOf(item), structuredClone(item)]));
          yield* differences(known, now);
          known = now;
        }
      }
    } finally {
      followers.delete(news);
    }
  }
  return {
    changes,
    tell: (next) => {
      for (const news of followers) news.push(next);
      bell.ring();
    },
    count: () => followers.size,
  };
}

function* differences<Item>(
  before: ReadonlyMap<string, Item> | undefined,
  now: ReadonlyMap<string, Item>,
): Iterable<Change<Item>> {
  if (before === undefined) return yield { kind: "all", items: [...now.values()] };
  for (const [name, item] of before) if (!now.has(name)) yield { kind: "removed", item };
  for (const [name, item] of now)
    if (JSON.stringify(before.get(name)) !== JSON.stringify(item)) yield { kind: "set", item };
}
