import { rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Client, credentials, type ServerUnaryCall, status } from "@grpc/grpc-js";
import { answerOf, statusFrom } from "./cri-proxy-answer.ts";
import { createEndpoint } from "./cri-proxy-endpoint.ts";
import { type Calls, type CriFault, isOneOf } from "./cri-proxy-fault.ts";
import { type CriMethod, imageIn, type RawMethod } from "./cri-proxy-methods.ts";
import type { FaultRule } from "./fault-rule.ts";
import { mostAtOnce, type Span } from "./most-at-once.ts";
import { testCluster } from "./scene.ts";

/** An error of the runtime, as it is on the wire. */
export interface CriError {
  readonly code: status;
  readonly message: string;
  /** The bytes of `grpc-status-details-bin`, where there are any. */
  readonly details?: Uint8Array | undefined;
}

/** One call of the agent, on this process's clock (`performance.now()`). */
export interface CriCall extends Span {
  readonly method: CriMethod;
  /** The reference as the agent wrote it, "" where the method has none. */
  readonly image: string;
  /** Whether containerd was asked. */
  readonly isPassedOn: boolean;
  /** What the agent was told; undefined until then, and where it gave up. */
  readonly outcome: "ok" | CriError | undefined;
  /** Whether the agent gave up: it cancelled, its deadline passed, or it is gone. */
  readonly isCancelled: boolean;
}

/** What a proxy does with a call besides passing it on. `onCalls` and `together` make rules. */
export type CriRule = FaultRule<CriCall, CriFault>;

/** A socket between the agent and the containerd of a node. The kubelet goes on to use containerd's own. */
export interface CriProxy extends AsyncDisposable {
  /** Its path on the node: the chart's `criSocket`. */
  readonly path: string;
  /** The same socket as the host sees it. */
  readonly hostPath: string;
  readonly calls: readonly CriCall[];
  /** The rule for the calls from now on; undefined passes all on. */
  setRule(rule: CriRule | undefined): void;
  /** Forgets the calls so far. */
  clear(): void;
  /** The calls that are meant; of a story's many ones, those that it is about. */
  callsOf(calls: Calls): readonly CriCall[];
  /** How many PullImage calls were under way at once, at most; of one registry (`HOST:PORT`), or of all. */
  mostPullsAtOnce(registry?: string): number;
  /** Goes away as a runtime does that dies: connections break, the socket is gone. */
  stop(): Promise<void>;
  /** Comes back on the same socket. */
  start(): Promise<void>;
}

/**
 * Opens a proxy at `/run/<folder>/cri.sock` of `node`. Whoever may use containerd's socket may use it; what containerd
 * says passes unchanged, with one exception: where containerd is away, the connection stands and the calls fail.
 */
export async function openCriProxy(node: string, folder = "prefetcher-proxy"): Promise<CriProxy> {
  const found = testCluster().nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`the test cluster has no node ${node}`);
  const path = `/run/${folder}/cri.sock`;
  return serveCriProxy(path, join(found.runDir, folder, "cri.sock"), found.containerdSocket);
}

/** Opens a proxy at `hostPath`, in a folder of its own, which whoever is meant to use it knows as `path`. */
export async function serveCriProxy(
  path: string,
  hostPath: string,
  runtimeSocket: string,
): Promise<CriProxy> {
  const calls: CriCall[] = [];
  let rule: CriRule | undefined;
  const runtime = new Client(`unix:${runtimeSocket}`, credentials.createInsecure(), runtimeOptions);
  const { start, stop } = createEndpoint(hostPath, async (method, call, reply) => {
    const { record, cancelled, end } = begin(method, call);
    calls.push(record);
    const onPassedOn = () => {
      record.isPassedOn = true;
    };
    const taken = { method, request: call.request, cancelled, runtime, onPassedOn };
    try {
      const answer = await answerOf(taken, (await rule?.(record)) ?? {});
      if (cancelled.aborted) return;
      end(answer.kind === "message" ? "ok" : answer.error);
      if (answer.kind === "message") reply(null, answer.bytes);
      else reply(statusFrom(answer.error));
    } catch (error) {
      // Where the agent gave up there is nobody to answer. What remains is a story's rule that throws.
      if (!cancelled.aborted) reply({ code: status.INTERNAL, details: String(error) });
    }
  });

  await start();
  const callsOf = (meant: Calls) => calls.filter((call) => isOneOf(meant, call));
  return {
    path,
    hostPath,
    calls,
    setRule: (next) => {
      rule = next;
    },
    clear: () => {
      calls.length = 0;
    },
    callsOf,
    mostPullsAtOnce: (registry) =>
      mostAtOnce(callsOf({ method: "PullImage", ...(registry === undefined ? {} : { registry }) })),
    stop,
    start,
    [Symbol.asyncDispose]: async () => {
      await stop();
      runtime.close();
      // The socket's own folder, which may be gone with its node.
      await rmdir(dirname(hostPath)).catch(() => {});
    },
  };
}

// A proxy must find containerd again at once: the agent's own patience is what is tested.
const runtimeOptions = { "grpc.initial_reconnect_backoff_ms": 100, "grpc.max_reconnect_backoff_ms": 200 };

function begin(method: RawMethod, call: ServerUnaryCall<Buffer, Buffer>) {
  const controller = new AbortController();
  const record = {
    method: method.name,
    image: imageIn(method, call.request),
    atMs: performance.now(),
    endedAtMs: undefined as number | undefined,
    isPassedOn: false,
    outcome: undefined as CriCall["outcome"],
    isCancelled: false,
  };
  const end = (outcome: CriCall["outcome"]) => {
    record.endedAtMs = performance.now();
    record.outcome = outcome;
  };
  call.on("cancelled", () => {
    // grpc-js says so of a call that was answered, too.
    if (record.endedAtMs !== undefined) return;
    record.isCancelled = true;
    end(undefined);
    controller.abort();
  });
  return { record, cancelled: controller.signal, end };
}
