import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type status,
} from "@grpc/grpc-js";
import { methodOf } from "../cri/unary-call.ts";
import { createScript } from "./script.ts";

interface ImageRequest {
  readonly image: { readonly image: string };
}

/** What a call comes to instead of what the store says: a gRPC status, a message, or `hangs` until it is cancelled. */
export type CriStep =
  | "hangs"
  | { readonly code: status; readonly details: string }
  | { readonly message: object };

/** A container runtime that speaks the real CRI on a real socket, and does what a test tells it. */
export interface CriServer {
  readonly socketPath: string;
  /** The calls that arrived, e.g. `PullImage nginx`, in order. */
  readonly calls: readonly string[];
  /** The messages that arrived, as they were read from the wire. */
  readonly messages: readonly unknown[];
  /** The calls that their client cancelled. */
  readonly cancelled: readonly string[];
  /** The references in the store. A pull adds one. */
  readonly store: Set<string>;
  /** Scripts the next calls, e.g. `on("PullImage nginx", ...)`. */
  on(call: string, ...steps: readonly CriStep[]): void;
  /** Scripts every call that finds nothing else. */
  always(call: string, step: CriStep): void;
  /** Resolves as soon as `call` has arrived, at once where it has already. */
  arrived(call: string): Promise<void>;
  /** Resolves as soon as the client has cancelled `call`. */
  wasCancelled(call: string): Promise<void>;
  /** Goes away, connections and socket too, as a runtime does that is restarted. */
  stop(): Promise<void>;
  /** Comes back on the same socket. */
  start(): Promise<void>;
  /** Goes away for good. */
  close(): Promise<void>;
}

/** Starts the server in a folder of its own. `services` are the CRI services it has; both by default. */
export async function startCriServer(
  services: readonly ("RuntimeService" | "ImageService")[] = ["RuntimeService", "ImageService"],
): Promise<CriServer> {
  const folder = await mkdtemp(join(tmpdir(), "cri-"));
  const socketPath = join(folder, "cri.sock");
  const script = createScript<CriStep>();
  const events = new EventTarget();
  const calls: string[] = [];
  const cancelled: string[] = [];
  const messages: unknown[] = [];
  const store = new Set<string>();
  const connections = new Set<Socket>();
  let server = new Server();
  let listener = createServer();

  const note = (list: string[], what: string, call: string) => {
    list.push(call);
    events.dispatchEvent(new Event(`${what} ${call}`));
  };
  const noted = async (list: readonly string[], what: string, call: string) => {
    if (!list.includes(call)) await once(events, `${what} ${call}`);
  };

  const handler =
    (name: string, byStore: (image: string) => object) =>
    (call: ServerUnaryCall<Partial<ImageRequest>, object>, answer: sendUnaryData<object>) => {
      const image = call.request.image?.image ?? "";
      const callName = `${name} ${image}`.trim();
      messages.push(call.request);
      call.on("cancelled", () => note(cancelled, "cancelled", callName));
      const step = script.next(callName);
      note(calls, "arrived", callName);
      if (step === "hangs") return;
      if (step === undefined) answer(null, byStore(image));
      else if ("code" in step) answer(step);
      else answer(null, step.message);
    };

  const pull = (image: string) => {
    store.add(image);
    return { imageRef: `sha256:${image}` };
  };
  const statusOf = (image: string) =>
    store.has(image)
      ? { image: { id: `sha256:${image}`, repoTags: [], repoDigests: [`${image}@sha256:0123`], size: 5_000 } }
      : {};
  const remove = (image: string) => {
    store.delete(image);
    return {};
  };
  const version = () => ({
    version: "0.1.0",
    runtimeName: "scripted",
    runtimeVersion: "v2.0.0",
    runtimeApiVersion: "v1",
  });
  const handlers = {
    RuntimeService: { Version: handler("Version", version) },
    ImageService: {
      ImageStatus: handler("ImageStatus", statusOf),
      PullImage: handler("PullImage", pull),
      RemoveImage: handler("RemoveImage", remove),
    },
  };

  const start = async () => {
    server = new Server();
    for (const service of services) {
      const names = Object.keys(handlers[service]);
      const definition = Object.fromEntries(names.map((name) => [name, methodOf(service, name)]));
      server.addService(definition, handlers[service]);
    }
    // Through a listener of our own, since a process that dies drops its connections without a farewell, which
    // grpc-js' forceShutdown would say.
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    listener = createServer((connection) => {
      connections.add(connection);
      connection.on("error", () => {});
      connection.on("close", () => connections.delete(connection));
      injector.injectConnection(connection);
    });
    listener.listen(socketPath);
    await once(listener, "listening");
  };
  const stop = async () => {
    for (const connection of connections) connection.destroy();
    await new Promise((resolve) => listener.close(resolve));
    server.forceShutdown();
    await rm(socketPath, { force: true });
  };

  await start();
  return {
    socketPath,
    calls,
    messages,
    cancelled,
    store,
    on: (call, ...steps) => script.add(call, ...steps),
    always: (call, step) => script.always(call, step),
    arrived: (call) => noted(calls, "arrived", call),
    wasCancelled: (call) => noted(cancelled, "cancelled", call),
    stop,
    start,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
