import { createHash } from "node:crypto";

/** What befalls a request on its way, `before` or `after` the API server has acted on it. */
export type FaultKind =
  /** 429 with `Retry-After: 1`. */
  | "throttled"
  /** Somebody else changes the Node first, so that the API server itself answers 409 to a write that names a version. */
  | "conflict"
  | "error-before"
  | "error-after"
  | "reset-before"
  | "reset-after"
  /** No answer ever. */
  | "silent-before"
  | "silent-after"
  /** It arrives when the agent has given it up, and has perhaps had a later one answered. */
  | "late";

/** The share of all requests that meets each. Silence costs an agent its 10 s, so there is little of it. */
export const faultShares: Readonly<Record<FaultKind, number>> = {
  throttled: 0.04,
  conflict: 0.04,
  "error-before": 0.02,
  "error-after": 0.02,
  "reset-before": 0.015,
  "reset-after": 0.015,
  "silent-before": 0.005,
  "silent-after": 0.005,
  late: 0.005,
};

/** All kinds, in a fixed order. */
export const faultKinds = Object.keys(faultShares) as readonly FaultKind[];

// With more an agent may honestly run out of its two minutes, and the bench would fail by bad luck.
const mostPerNode = 5;

/** What befalls the requests of each node: `ordinal` counts a node's requests from 0. */
export type FaultDraw = (nodeName: string, ordinal: number) => FaultKind | undefined;

/**
 * The same seed always gives the same faults, in whatever order the nodes' requests come. A node has at most five of them, and
 * one that would come to nothing for the request, such as a conflict of a read, counts too.
 */
export function createFaultDraw(seed: number): FaultDraw {
  const drawn = new Map<string, number>();
  return (nodeName, ordinal) => {
    const kind = kindAt(shareOf(`${seed} ${nodeName} ${ordinal}`));
    const soFar = drawn.get(nodeName) ?? 0;
    if (kind === undefined || soFar === mostPerNode) return undefined;
    drawn.set(nodeName, soFar + 1);
    return kind;
  };
}

/** A number from 0 up to 1. */
function shareOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
}

function kindAt(share: number): FaultKind | undefined {
  let upTo = 0;
  return faultKinds.find((kind) => {
    upTo += faultShares[kind];
    return share < upTo;
  });
}
