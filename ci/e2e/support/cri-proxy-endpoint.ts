import { once } from "node:events";
import { chmod, mkdir } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { type RawMethod, rawServices } from "./cri-proxy-methods.ts";

/** Answers one call. */
export type Handler = (
  method: RawMethod,
  call: ServerUnaryCall<Buffer, Buffer>,
  reply: sendUnaryData<Buffer>,
) => Promise<void>;

/** A gRPC server on a socket. */
export interface Endpoint {
  start(): Promise<void>;
  /** Connections break and the socket is gone, as when a runtime dies. It can be started again. */
  stop(): Promise<void>;
}

/** The CRI's methods on the socket, once it is started, each answered by the handler. */
export function createEndpoint(socketPath: string, handler: Handler): Endpoint {
  const connections = new Set<Socket>();
  let server = new Server();
  let listener = createServer();
  const start = async () => {
    server = new Server();
    for (const methods of rawServices) {
      const named = <T>(of: (method: RawMethod) => T) =>
        Object.fromEntries(methods.map((method) => [method.name, of(method)]));
      server.addService(
        named((method) => method),
        named((method) => (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
          void handler(method, call, reply);
        }),
      );
    }
    // Through a listener of our own: a runtime that dies says no farewell, and grpc-js' own shutdown would.
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    listener = createServer((connection) => {
      connections.add(connection);
      connection.on("error", () => {}).on("close", () => connections.delete(connection));
      injector.injectConnection(connection);
    });
    await mkdir(dirname(socketPath), { recursive: true });
    // As containerd's: the group, which is root's, may connect.
    await chmod(dirname(socketPath), 0o755);
    listener.listen(socketPath);
    await once(listener, "listening");
    await chmod(socketPath, 0o660);
  };
  const stop = async () => {
    for (const connection of connections) connection.destroy();
    await new Promise((resolve) => listener.close(resolve));
    server.forceShutdown();
  };
  return { start, stop };
}
