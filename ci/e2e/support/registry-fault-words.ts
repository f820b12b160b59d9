import type { Occurrence } from "./fault-rule.ts";
import {
  answers,
  bandwidth,
  type RegistryFault,
  type Requests,
  resetAfter,
  shortenedTo,
  throttled,
  truncatedAfter,
  unauthorized,
  wrongDigest,
} from "./registry-fault.ts";

/** A fault that a front injects, always or as often as it says, and what comes of one PullImage. */
export interface RegistryFaultWords {
  /** A repository of its own. */
  readonly name: string;
  readonly requests: Requests;
  readonly fault: RegistryFault;
  readonly occurrence?: Occurrence;
  /** containerd's words, or `pulled`. */
  readonly says: RegExp;
}

/** How large the image's one layer must be at least, in bytes before it is packed. */
export const layerBytes = 200_000;

const all: Requests = {};
const layer: Requests = { kind: "layer" };
const once: Occurrence = { times: 1 };

/** What the cluster's containerd, whose own retries are quick and few, says to each fault. */
export const registryFaultWords: readonly RegistryFaultWords[] = [
  { name: "healthy", requests: all, fault: {}, says: /^pulled$/ },
  { name: "slow", requests: layer, fault: bandwidth(layerBytes), says: /^pulled$/ },
  { name: "basic", requests: all, fault: unauthorized("basic"), says: /no basic auth credentials/ },
  { name: "bearer", requests: all, fault: unauthorized("bearer"), says: /401 Unauthorized/ },
  { name: "forbidden", requests: all, fault: answers(403), says: /403 Forbidden\ndenied: / },
  { name: "missing", requests: { kind: "manifest" }, fault: answers(404), says: /: not found$/ },
  { name: "throttled", requests: all, fault: throttled(), says: /429 Too Many Requests/ },
  { name: "later", requests: layer, fault: throttled(30), says: /429 Too Many Requests\ntoomanyrequests: / },
  { name: "500", requests: all, fault: answers(500), says: /500 Internal Server Error/ },
  { name: "502", requests: all, fault: answers(502), says: /502 Bad Gateway/ },
  { name: "503", requests: all, fault: answers(503), says: /503 Service Unavailable/ },
  { name: "503-once", requests: all, fault: answers(503), occurrence: once, says: /^pulled$/ },
  { name: "reset", requests: layer, fault: resetAfter(50_000), says: /connection reset by peer/ },
  { name: "truncated", requests: layer, fault: truncatedAfter(0), says: /: EOF$/ },
  {
    name: "truncated-once",
    requests: layer,
    fault: truncatedAfter(50_000),
    occurrence: once,
    says: /^pulled$/,
  },
  { name: "shortened", requests: layer, fault: shortenedTo(50_000), says: /short read: .* got 50000/ },
  { name: "corrupt", requests: layer, fault: wrongDigest, says: /unexpected commit digest/ },
];
