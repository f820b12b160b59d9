import type { Clock } from "../clock.ts";
import { aborted, createDeadline } from "../deadline.ts";
import { KubeError } from "../kube-error.ts";
import { redact } from "../redact.ts";
import { causeOf } from "./answer-from-response.ts";
import { askForStream } from "./ask.ts";
import { dropConnections } from "./connections.ts";
import { GarbledStream, objectsIn } from "./json-lines.ts";
import type { ListQuestion } from "./list.ts";
import { isLate, type Sender } from "./send.ts";

/** What a watch tells of: that it was let in, an object that is new or another, one that is no more, or nothing but how far it has come. */
export type WatchEvent<Item> =
  | { readonly kind: "opened" }
  | { readonly kind: "set" | "removed"; readonly item: Item; readonly resourceVersion: string }
  | { readonly kind: "bookmark"; readonly resourceVersion: string };

/** From where on a watch tells of changes, and how long the server is to keep it. */
export interface WatchSpan {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
}

// The API server sends a bookmark about once a minute; half a minute more for one that is busy. Longer is a connection that is half open. It
// has to be less than the 300 s after which undici, below client-node, breaks off a body that is silent.
export const silenceLimitMs = 90_000;

// etcd takes objects of 1.5 MiB, and JSON needs more room than what it stores.
const maxLineBytes = 8 * 1024 * 1024;

/**
 * What changes of a list, by one request. Ends where the server ends it in the ordinary way, and where nothing came for 90 s; either way
 * a further watch goes on from the last version. Throws a KubeError for all else, with status 410 where that version is too old.
 */
export async function* watch<Item extends WatchedObject>(
  question: ListQuestion,
  { resourceVersion, timeoutSeconds }: WatchSpan,
  sender: Sender,
  signal: AbortSignal,
): AsyncIterable<WatchEvent<Item>> {
  const what = question.what.replace(/^list/, "watch");
  const query = {
    ...question.query,
    watch: "1",
    allowWatchBookmarks: "true",
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  };
  const stream = await askForStream({ ...question, what, query }, sender, signal);
  try {
    yield { kind: "opened" };
    for await (const line of objectsIn(chunksOf(stream, sender, signal), maxLineBytes))
      yield eventFrom<Item>(line as EventObject, { ...question, what });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof KubeError) throw error;
    const fault = error instanceof GarbledStream ? error.message : `broke off: ${causeOf(error)}`;
    throw new KubeError(`cannot ${what}: the API server's stream ${fault}`, undefined, { cause: error });
  }
}

/** What a watched object has at the least. */
export interface WatchedObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
}

/** The stream's chunks until it ends or falls silent; the request ends with whoever reads them. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
  { kubeConfig, clock }: Sender,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const chunk = await beforeSilence(reader.read(), clock, signal);
      // Several requests share a connection, and the next must not go over one that is half open.
      if (chunk === "silence") return dropConnections(kubeConfig);
      if (chunk.done) return;
      yield chunk.value;
    }
  } finally {
    // It rejects with what ended the stream, which is known by now.
    reader.cancel().catch(() => {});
  }
}

/** What `read` comes to, or that nothing came for long. */
async function beforeSilence<Chunk>(
  read: Promise<Chunk>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Chunk | "silence"> {
  using deadline = createDeadline(clock, silenceLimitMs, signal);
  try {
    return await Promise.race([read, aborted(deadline.signal)]);
  } catch (error) {
    if (isLate(deadline.signal)) return "silence";
    throw error;
  }
}

interface EventObject {
  readonly type?: unknown;
  readonly object?: StatusObject & Partial<WatchedObject>;
}

interface StatusObject {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly retryAfterSeconds?: number };
}

const kinds: ReadonlyMap<unknown, "set" | "removed" | "bookmark"> = new Map([
  ["ADDED", "set"],
  ["MODIFIED", "set"],
  ["DELETED", "removed"],
  ["BOOKMARK", "bookmark"],
]);

function eventFrom<Item extends WatchedObject>(
  { type, object = {} }: EventObject,
  { what, objectsIn = (answer) => [answer] }: ListQuestion,
): WatchEvent<Item> {
  if (type === "ERROR") throw errorFrom(object, what);
  const kind = kinds.get(type);
  const resourceVersion = object?.metadata?.resourceVersion;
  if (kind === undefined || typeof resourceVersion !== "string")
    throw new GarbledStream("has a line that is no event");
  if (kind === "bookmark") return { kind, resourceVersion };
  const [item] = objectsIn(object as never) as readonly Partial<Item>[];
  if (typeof item?.metadata?.name !== "string") throw new GarbledStream("has an event without an object");
  return { kind, item: item as Item, resourceVersion };
}

function errorFrom({ message, code, details }: StatusObject, what: string): KubeError {
  const status = typeof code === "number" ? code : undefined;
  const seconds = details?.retryAfterSeconds;
  const retryAfterMs = typeof seconds === "number" ? seconds * 1000 : undefined;
  const text = redact(typeof message === "string" ? message : "an error without a message");
  return new KubeError(`cannot ${what}: ${text}${status === undefined ? "" : ` (HTTP ${status})`}`, status, {
    retryAfterMs,
  });
}
