import { faultRule, type Occurrence } from "./fault-rule.ts";
import type { FrontRule, RegistryRequest } from "./registry-front.ts";

/** What a front does to one request; whatever is left out is as without a front. Faults are merged by `together`. */
export interface RegistryFault {
  /** Milliseconds before anything else happens. */
  readonly delayMs?: number;
  /** The request is taken and never answered. */
  readonly isSilent?: true;
  /** The front answers by itself with this status; the registry is not asked. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The way to authenticate that the answer demands. */
  readonly challenge?: "basic" | "bearer";
  /** The registry is asked for this tag, and for this repository in whatever is asked, instead. */
  readonly instead?: { readonly repository: string; readonly tag: string };
  /** How fast the answer's body arrives. Each answer has that much for itself. */
  readonly bytesPerSecond?: number;
  /** Where and how the answer's body ends too early. A body that is not longer arrives whole. */
  readonly cut?: { readonly afterBytes: number; readonly ending: CutEnding };
  /** The first byte of the body is another one. */
  readonly isChanged?: true;
}

/** What follows the last byte that is sent: RST, the end, the end that was announced, or nothing at all. */
export type CutEnding = "reset" | "truncated" | "shortened" | "stalled";

/** Which requests are meant; whatever is left out may be anything. */
export interface Requests {
  /** `layer` and `config` are blobs, told apart by the media type that the runtime says it accepts. */
  readonly kind?: RegistryRequest["kind"] | "layer" | "config";
  readonly repository?: string;
  readonly method?: "GET" | "HEAD";
  /** The address of a node. */
  readonly from?: string;
}

/** A front's rule: these requests meet the fault, always or as often as `occurrence` says. */
export function onRequests(requests: Requests, fault: RegistryFault, occurrence?: Occurrence): FrontRule {
  const { kind, repository, method, from } = requests;
  const isMeant = (request: RegistryRequest) =>
    (kind === undefined || kind === request.kind || kind === blobKindOf(request)) &&
    (repository === undefined || repository === request.repository) &&
    (method === undefined || method === request.method) &&
    (from === undefined || from === request.from);
  return faultRule(isMeant, fault, occurrence);
}

/** A slow registry that is healthy: each answer's body arrives at this speed. */
export const bandwidth = (bytesPerSecond: number): RegistryFault => ({ bytesPerSecond });

/** The status, with the error's code that registries give with it. */
export const answers = (status: number, headers: Readonly<Record<string, string>> = {}): RegistryFault => {
  const code = errorCodes.get(status);
  const errors = [{ code, message: `the front says ${status}`, detail: null }];
  return { status, headers, body: code === undefined ? "" : JSON.stringify({ errors }) };
};

/** 401, whatever the credentials. The tokens that `bearer` sends for are granted by the front itself, to anybody. */
export const unauthorized = (challenge: "basic" | "bearer"): RegistryFault => ({
  ...answers(401),
  challenge,
});

/** 429, with Retry-After in seconds, or at an instant, if there is one. */
export const throttled = (retryAfter?: number | Date): RegistryFault => {
  const value = retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter);
  return answers(429, retryAfter === undefined ? {} : { "retry-after": value });
};

/** The connection is reset (RST) after so many bytes of the body. */
export const resetAfter = (afterBytes: number): RegistryFault => ({ cut: { afterBytes, ending: "reset" } });

/** The connection is closed after so many bytes, fewer than Content-Length has promised. */
export const truncatedAfter = (afterBytes: number): RegistryFault => ({
  cut: { afterBytes, ending: "truncated" },
});

/** So many bytes arrive, and Content-Length says no more either. */
export const shortenedTo = (afterBytes: number): RegistryFault => ({
  cut: { afterBytes, ending: "shortened" },
});

/** After so many bytes nothing more comes, and the connection stands until the runtime hangs up. */
export const stalledAfter = (afterBytes: number): RegistryFault => ({
  cut: { afterBytes, ending: "stalled" },
});

/** The body has another digest than its name says. */
export const wrongDigest: RegistryFault = { isChanged: true };

/** A tag that was moved: the repository answers as the other one does, and each tag as the other one's tag. */
export const movedTo = (repository: string, tag: string): RegistryFault => ({ instead: { repository, tag } });

const errorCodes: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHORIZED"],
  [403, "DENIED"],
  [404, "MANIFEST_UNKNOWN"],
  [429, "TOOMANYREQUESTS"],
]);

function blobKindOf({ kind, accepts }: RegistryRequest): "layer" | "config" | undefined {
  if (kind !== "blob") return undefined;
  return /^application\/vnd\.(oci\.image\.config|docker\.container\.image)\./.test(accepts)
    ? "config"
    : "layer";
}
