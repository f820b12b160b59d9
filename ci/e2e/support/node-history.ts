import type { IncomingMessage } from "node:http";
import https from "node:https";
import { isDeepStrictEqual } from "node:util";
import { adminTls } from "../../cluster/admin-tls.ts";
import { apiRequest } from "../../cluster/api-request.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { testCluster } from "./scene.ts";

/** What stood under one key of one Node from one change on. */
export interface NodeState {
  readonly node: string;
  readonly label: string | undefined;
  /** The parsed annotation; undefined where there is none. */
  readonly record: NodeRecordSeen | undefined;
}

/** As much of the annotation as stories look at. */
export interface NodeRecordSeen {
  readonly revision: string;
  readonly owner: string;
  readonly verdict: string;
  readonly entries: number;
  readonly present: number;
  readonly skipped: number;
  readonly failed: readonly { readonly image: string; readonly reason: string; readonly required?: false }[];
  readonly sample?: true;
}

/** All labels and annotations of one Node from one change of them on. */
export interface NodeMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Every state that the nodes went through since the history was opened; none is missed, as by polling. */
export interface NodeHistory extends Disposable {
  /** The states of `node` under `key`, first the one at the start, then one for each change of label or annotation. */
  of(node: string, key: string): readonly NodeState[];
  /** All labels and annotations of `node` at the start, then after each change of whatever key. */
  metadataOf(node: string): readonly NodeMetadata[];
  /** The latest of the states of `node` under `key`. */
  now(node: string, key: string): NodeState;
  /** Waits (default 60 s) until the latest state is as wanted, and returns it. */
  until(
    node: string,
    key: string,
    isWanted: (state: NodeState) => boolean,
    timeoutMs?: number,
  ): Promise<NodeState>;
  /** Waits until the label has the value on every one of `nodes`. */
  untilLabelled(nodes: readonly string[], key: string, value: string, timeoutMs?: number): Promise<void>;
}

interface NodeObject {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Opens a watch of all Nodes and returns once it stands. Throws on `of` if the watch ended by itself. */
export async function openNodeHistory(): Promise<NodeHistory> {
  const seen: NodeObject[] = [];
  const { body } = await apiRequest(testCluster(), "GET", "/api/v1/nodes");
  const list = body as { metadata: { resourceVersion: string }; items: NodeObject[] };
  seen.push(...list.items);
  const watch = await openWatch(`/api/v1/nodes?watch=1&resourceVersion=${list.metadata.resourceVersion}`);
  let fault: string | undefined;
  let rest = "";
  watch.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = JSON.parse(line) as { type: string; object: NodeObject };
      if (event.type === "ERROR") fault = line;
      else seen.push(event.object);
    }
  });
  watch.on("close", () => {
    fault ??= "the watch ended";
  });
  watch.on("error", (error) => {
    fault ??= error.message;
  });

  const whole = () => {
    if (fault !== undefined) throw new Error(`the history of the nodes is not whole: ${fault}`);
    return seen;
  };
  const history: NodeHistory = {
    of: (node, key) => statesOf(whole(), node, key),
    metadataOf: (node) => metadataOf(whole(), node),
    now: (node, key) => {
      const state = history.of(node, key).at(-1);
      if (state === undefined) throw new Error(`no Node ${node} was ever seen`);
      return state;
    },
    until: async (node, key, isWanted, timeoutMs = 60_000) => {
      const isThere = () => history.of(node, key).length > 0 && isWanted(history.now(node, key));
      await waitUntil(`${key} on ${node}`, timeoutMs, isThere, 50).catch((error: Error) => {
        const states = history.of(node, key).map(({ label, record }) => JSON.stringify({ label, record }));
        throw new Error(`${error.message}; it went through\n${states.join("\n")}`);
      });
      return history.now(node, key);
    },
    untilLabelled: async (nodes, key, value, timeoutMs) => {
      await Promise.all(
        nodes.map((node) => history.until(node, key, ({ label }) => label === value, timeoutMs)),
      );
    },
    [Symbol.dispose]: () => {
      fault = "it was closed";
      watch.destroy();
    },
  };
  return history;
}

function statesOf(seen: readonly NodeObject[], node: string, key: string): readonly NodeState[] {
  const states: NodeState[] = [];
  let last = "";
  for (const { metadata } of seen) {
    if (metadata.name !== node) continue;
    const { labels = {}, annotations = {} } = metadata;
    const text = annotations[key];
    const state = JSON.stringify([labels[key], text]);
    if (state === last) continue;
    last = state;
    const record = text === undefined ? undefined : (JSON.parse(text) as NodeRecordSeen);
    states.push({ node, label: labels[key], record });
  }
  return states;
}

function metadataOf(seen: readonly NodeObject[], node: string): readonly NodeMetadata[] {
  const states: NodeMetadata[] = [];
  for (const { metadata } of seen) {
    if (metadata.name !== node) continue;
    const { labels = {}, annotations = {} } = metadata;
    // What only its status changed, kubelet's heartbeat above all, is no state of its own.
    if (!isDeepStrictEqual(states.at(-1), { labels, annotations })) states.push({ labels, annotations });
  }
  return states;
}

/** The API server's events on `path`, as a stream of lines of JSON. */
function openWatch(path: string): Promise<IncomingMessage> {
  const cluster = testCluster();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  https
    .get(`${cluster.apiServer}${path}`, { ...adminTls(cluster), agent: false }, resolve)
    .on("error", reject);
  return promise;
}
