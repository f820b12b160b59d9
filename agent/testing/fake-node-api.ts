import type { NodeAnswer, NodeApi, NodeChange, NodeMarks } from "../node-api.ts";
import { createScript, untilAborted } from "./script.ts";

/** What the API server says to a change that rests on what the Node was before. */
export const conflict = { kind: "unavailable", message: "the object has been modified (HTTP 409)" } as const;

/** What there is instead of an answer while the API server is down. */
export const unavailable = { kind: "unavailable", message: "connection refused" } as const;

export type NodeRequest = { readonly method: "read" } | ({ readonly method: "write" } & NodeChange);

/** What a request comes to: an answer; `hangs` until its signal aborts; or a deed, after which the Node answers. */
export type NodeStep =
  | NodeAnswer
  | "hangs"
  | (() => Promise<NodeAnswer | undefined> | NodeAnswer | undefined);

/**
 * A Node in memory, and a script of what its API server answers instead. The Node has a version that grows with each
 * change, and a write that rests on another version is answered as a conflict.
 */
export interface FakeNodeApi extends NodeApi {
  /** What stands on the Node; a test may change it at any time. */
  marks: NodeMarks;
  /** Every request, in order, whatever was answered. */
  readonly requests: readonly NodeRequest[];
  onRead(...steps: readonly NodeStep[]): void;
  onWrite(...steps: readonly NodeStep[]): void;
  /** Makes every request come to `step`, once what was scripted one by one is used up. */
  always(step: NodeStep): void;
  /** The methods of the requests, e.g. `["read", "write"]`. */
  methods(): readonly string[];
  /** The changes that were asked for, in order. */
  writes(): readonly NodeChange[];
}

export function createFakeNodeApi(
  marks: NodeMarks = { label: undefined, annotation: undefined },
): FakeNodeApi {
  const script = createScript<NodeStep>();
  const requests: NodeRequest[] = [];
  let current = marks;
  let version = 1;

  const answerTo = async (request: NodeRequest, signal: AbortSignal): Promise<NodeAnswer> => {
    requests.push(request);
    signal.throwIfAborted();
    const step = script.next(request.method);
    if (step === "hangs") return untilAborted(signal);
    const answer = typeof step === "function" ? await step() : step;
    if (answer !== undefined) return answer;
    if (request.method === "write") {
      const { label, annotation, resourceVersion } = request;
      if (resourceVersion !== undefined && resourceVersion !== String(version)) return conflict;
      node.marks = { ...current, label, annotation };
    }
    return { kind: "node", marks: { ...current, resourceVersion: String(version) } };
  };

  const node: FakeNodeApi = {
    get marks() {
      return current;
    },
    set marks(changed) {
      current = changed;
      version += 1;
    },
    requests,
    onRead: (...steps) => script.add("read", ...steps),
    onWrite: (...steps) => script.add("write", ...steps),
    always: (step) => {
      script.always("read", step);
      script.always("write", step);
    },
    methods: () => requests.map(({ method }) => method),
    writes: () =>
      requests.flatMap((request) =>
        request.method === "write" ? [{ label: request.label, annotation: request.annotation }] : [],
      ),
    read: (signal) => answerTo({ method: "read" }, signal),
    write: (change, signal) => answerTo({ method: "write", ...change }, signal),
  };
  return node;
}
