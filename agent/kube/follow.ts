import { sleep } from "../deadline.ts";
import type { Change } from "../fleet/fleet-api.ts";
import { KubeError } from "../kube-error.ts";
import { createAsk } from "./ask.ts";
import { mayPass } from "./ask-again.ts";
import { createAskPageAgain } from "./ask-page-again.ts";
import { type ListQuestion, versionedPages } from "./list.ts";
import { createPauses, type Pauses } from "./pauses.ts";
import type { Sender } from "./send.ts";
import { type WatchEvent, type WatchedObject, watch } from "./watch.ts";

/** What is followed, and as what. */
export interface Followed<Item, Projected> {
  readonly question: ListQuestion;
  readonly project: (item: Item) => Projected;
  /** Which of them are followed, and by which name one is known that is so no more; left out for all. */
  readonly only?: {
    readonly isWanted: (item: Projected) => boolean;
    readonly nameOf: (item: Projected) => string;
  };
}

/** Whose API server, and who hears of it. */
export interface Follower {
  readonly sender: Sender;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Is told what is in the way of the very first list, where that may pass; left out for nobody. */
  readonly onTrouble?: (error: KubeError) => void;
}

// How long the server is to keep a watch, at least; up to as long again by chance, so that many who follow do not come back together.
const watchSeconds = 300;

// Whoever ends watches sooner would be asked without a pause.
const leastWatchMs = 1_000;

/**
 * Lists, then watches, and lists again after every interruption. Rejects with the signal's reason as soon as `signal` aborts, and with
 * a KubeError where login or rights are refused for ten seconds, at once where the login itself fails, and where the server's name or certificate
 * is wrong from the start.
 */
export async function* follow<Item extends WatchedObject, Projected>(
  followed: Followed<Item, Projected>,
  follower: Follower,
  signal: AbortSignal,
): AsyncIterable<Change<Projected>> {
  const { clock } = follower.sender;
  const pauses = createPauses(clock, follower.random);
  let wasListed = false;
  for (;;) {
    try {
      const position: Position<Projected> = { version: "", wanted: new Map() };
      const all = await listed(followed, follower, position, signal);
      wasListed = true;
      yield all;
      pauses.listed();
      yield* changesFrom(followed, { ...follower, pauses }, position, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof KubeError) || isFinal(error, wasListed)) throw error;
      const delayMs = pauses.after(error);
      if (!wasListed && mayPass(error)) follower.onTrouble?.(error);
      yield { kind: "interrupted", why: error.message };
      await sleep(clock, delayMs, signal);
    }
  }
}

/** Whether it is better told than waited out. Names and certificates that were right once may be so again: a laptop wakes up, a VPN comes back. */
function isFinal({ lasting }: KubeError, wasListed: boolean): boolean {
  return lasting === "login" || (lasting === "server" && !wasListed);
}

/** How far one has come. */
interface Position<Projected> {
  version: string;
  /** Those that are followed, by their name; empty where all are. */
  readonly wanted: Map<string, Projected>;
}

async function listed<Item, Projected>(
  { question, project, only }: Followed<Item, Projected>,
  { sender, random }: Follower,
  position: Position<Projected>,
  signal: AbortSignal,
): Promise<Change<Projected>> {
  const items: Projected[] = [];
  const ask = createAskPageAgain(createAsk(sender), sender.clock, random);
  for await (const page of versionedPages(ask, question, project, signal)) {
    position.version = page.resourceVersion ?? "";
    items.push(...(only === undefined ? page.items : page.items.filter(only.isWanted)));
  }
  // A watch from nowhere would tell of everything once more, and of nothing that went meanwhile.
  if (position.version === "")
    throw new KubeError(`cannot ${question.what}: the API server's answer has no version`, undefined);
  if (only !== undefined) for (const item of items) position.wanted.set(only.nameOf(item), item);
  return { kind: "all", items };
}

/** One watch after the other, at most one a second; ends only by throwing. */
async function* changesFrom<Item extends WatchedObject, Projected>(
  followed: Followed<Item, Projected>,
  { sender, random, pauses }: Follower & { readonly pauses: Pauses },
  position: Position<Projected>,
  signal: AbortSignal,
): AsyncGenerator<Change<Projected>, never> {
  for (;;) {
    const beganMs = sender.clock.nowMs();
    const before = position.version;
    const timeoutSeconds = Math.floor(watchSeconds * (1 + random()));
    const span = { resourceVersion: before, timeoutSeconds };
    for await (const event of watch<Item>(followed.question, span, sender, signal)) {
      if (event.kind === "opened") pauses.watching();
      else yield* changesOf(followed, position, event);
    }
    const restMs = beganMs + leastWatchMs - sender.clock.nowMs();
    if (restMs <= 0) continue;
    if (position.version === before) throw endsAtOnce(followed.question);
    await sleep(sender.clock, restMs, signal);
  }
}

function endsAtOnce({ what }: ListQuestion): KubeError {
  return new KubeError(`cannot ${what}: the API server ends each watch at once`, undefined);
}

function* changesOf<Item, Projected>(
  followed: Followed<Item, Projected>,
  position: Position<Projected>,
  event: Exclude<WatchEvent<Item>, { readonly kind: "opened" }>,
): Iterable<Change<Projected>> {
  position.version = event.resourceVersion;
  if (event.kind === "bookmark") return;
  const change = changeOf(followed, position, event.kind, event.item);
  if (change !== undefined) yield change;
}

/** What an event means for those that are followed; undefined for nothing. */
function changeOf<Item, Projected>(
  { project, only }: Followed<Item, Projected>,
  { wanted }: Position<Projected>,
  kind: "set" | "removed",
  object: Item,
): Change<Projected> | undefined {
  const item = project(object);
  if (only === undefined) return { kind, item };
  const name = only.nameOf(item);
  if (kind === "set" && only.isWanted(item)) {
    wanted.set(name, item);
    return { kind, item };
  }
  const last = wanted.get(name);
  wanted.delete(name);
  return last === undefined ? undefined : { kind: "removed", item: last };
}
