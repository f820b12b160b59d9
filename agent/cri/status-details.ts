import type { Metadata } from "@grpc/grpc-js";
import protobuf from "protobufjs/light.js";
import descriptor from "./status.generated.ts";

/** One thing that a runtime attached to a failed call, beside its code and its text. */
export type StatusDetail =
  /** The registry's answer: an HTTP status code. */
  | { readonly kind: "http"; readonly statusCode: number }
  /** A further error with a gRPC code of its own; `message` is in the call's text as well. */
  | { readonly kind: "error"; readonly code: number; readonly message: string }
  /** Something that the agent has no use for. */
  | { readonly kind: "other"; readonly type: string };

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}
interface Status {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Any[];
}

const schema = protobuf.Root.fromJSON(descriptor);
const statusType = schema.lookupType("google.rpc.Status");
const anyType = schema.lookupType("google.rpc.Any");
const readable = { defaults: true, arrays: true } as const;

// Whoever speaks on the socket could nest them without end; errors that are joined go two or three deep.
const maxDepth = 8;

/** What the trailers of a failed call have attached to it, in its order. Never throws: what cannot be read is left out. */
export function statusDetailsOf(metadata: Metadata | undefined): readonly StatusDetail[] {
  const trailers = metadata?.get("grpc-status-details-bin") ?? [];
  return trailers.flatMap((trailer) => (typeof trailer === "string" ? [] : statusDetailsFrom(trailer)));
}

/** As `statusDetailsOf`, from the trailer's bytes. */
export function statusDetailsFrom(bytes: Uint8Array): readonly StatusDetail[] {
  const { details = [] } = decoded<Status>(statusType, bytes) ?? {};
  return details.flatMap((detail) => detailsIn(detail, maxDepth));
}

function detailsIn({ typeUrl, value }: Any, depth: number): readonly StatusDetail[] {
  // The name stands behind the last slash; what stands before it is a server's or a Go package's.
  const type = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
  if (depth > 0 && type === "google.rpc.Status") {
    const status = decoded<Status>(statusType, value);
    if (status !== undefined) {
      const { code, message, details } = status;
      return [{ kind: "error", code, message }, ...details.flatMap((inner) => detailsIn(inner, depth - 1))];
    }
  }
  // containerd puts what is no message of its own into an Any, and gRPC puts that into another one.
  if (depth > 0 && type === "google.protobuf.Any") {
    const inner = decoded<Any>(anyType, value);
    if (inner !== undefined) return detailsIn(inner, depth - 1);
  }
  if (type === "ErrUnexpectedStatus") {
    const statusCode = statusCodeIn(value);
    if (statusCode !== undefined) return [{ kind: "http", statusCode }];
  }
  return [{ kind: "other", type: typeUrl }];
}

function decoded<Message>(type: protobuf.Type, bytes: Uint8Array): Message | undefined {
  try {
    return type.toObject(type.decode(bytes), readable) as Message;
  } catch {
    // A runtime that attaches garbage has still failed in words that can be read.
    return undefined;
  }
}

/** containerd writes this Go structure as JSON. */
function statusCodeIn(json: Uint8Array): number | undefined {
  try {
    const { statusCode } = JSON.parse(new TextDecoder().decode(json)) as { statusCode?: unknown };
    return typeof statusCode === "number" ? statusCode : undefined;
  } catch {
    // As above.
    return undefined;
  }
}
