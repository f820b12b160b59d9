import { createHash } from "node:crypto";

/** What something is spread over a fleet by. */
export interface NodeAndInstance {
  readonly nodeName: string;
  readonly instance: string;
}

/** A number from 0 up to 1, always the same for a node and an instance. Those of many nodes lie evenly between the two. */
export function shareOf({ nodeName, instance }: NodeAndInstance): number {
  const digest = createHash("sha256").update(`${nodeName}\n${instance}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
