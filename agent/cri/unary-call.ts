import {
  type CallOptions,
  type Client,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import protobuf from "protobufjs/light.js";
import descriptor from "./cri.generated.ts";

const schema = protobuf.Root.fromJSON(descriptor);

/** One method of a CRI service: how its messages are written and read. */
export type Method<Request, Response> = MethodDefinition<Request, Response>;

/** The unary method `name` of the CRI service `service`, e.g. `("ImageService", "PullImage")`. */
export function methodOf<Request extends object, Response>(
  service: string,
  name: string,
): Method<Request, Response> {
  const method = schema.lookupService(`runtime.v1.${service}`).methods[name];
  if (method === undefined) throw new Error(`protos/cri/v1/cri.proto has no ${service}.${name}`);
  const requestType = schema.lookupType(`runtime.v1.${method.requestType}`);
  const responseType = schema.lookupType(`runtime.v1.${method.responseType}`);
  // `longs: Number`: the only 64-bit field is an image's size, far below 2^53 bytes.
  const readable = { longs: Number, defaults: true, arrays: true } as const;
  return {
    path: `/runtime.v1.${service}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (request) => Buffer.from(requestType.encode(requestType.fromObject(request)).finish()),
    requestDeserialize: (bytes) => requestType.toObject(requestType.decode(bytes), readable) as Request,
    responseSerialize: (response) =>
      Buffer.from(responseType.encode(responseType.fromObject(response as object)).finish()),
    responseDeserialize: (bytes) => responseType.toObject(responseType.decode(bytes), readable) as Response,
  };
}

/** How one call waits. */
export interface UnaryCallOptions {
  /** Cancels the call, also at the server. */
  readonly signal: AbortSignal;
  /** The longest the call may take; no limit by default. The server is told, and gives up with it. */
  readonly timeoutMs?: number;
  /** Wait for a connection instead of failing at once where there is none. Default false. */
  readonly waitForReady?: boolean;
}

/**
 * The answer of one call. Rejects with grpc-js' `ServiceError` where the call failed, and with the signal's reason
 * where the signal aborted first; the signal keeps no listener afterwards.
 */
export function unaryCall<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  options: UnaryCallOptions,
): Promise<Response> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const metadata = new Metadata({ waitForReady: options.waitForReady ?? false });
    const callOptions: CallOptions = {};
    // grpc-js wants an instant of the wall clock and turns it into a length at once, so a later clock jump is harmless.
    if (options.timeoutMs !== undefined) callOptions.deadline = Date.now() + options.timeoutMs;
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      callOptions,
      (error: ServiceError | null, response?: Response) => {
        signal.removeEventListener("abort", cancel);
        if (signal.aborted) reject(signal.reason);
        else if (error !== null) reject(error);
        else resolve(response as Response);
      },
    );
    const cancel = () => call.cancel();
    signal.addEventListener("abort", cancel, { once: true });
  });
}
