import type { FleetNode } from "../fleet/fleet-api.ts";
import type { ApiStep } from "./api-server.ts";

/** The key that the marks of `fleetNode` are under. */
export const fleetKey = "image-prefetcher.stackrox.io/x";

/** A Node as it was read, with a mark. */
export const fleetNode: FleetNode = {
  name: "a",
  resourceVersion: "7",
  labels: { [fleetKey]: "succeeded" },
  annotations: {},
};

/** All pages, each as it came. */
export async function allPages<Item>(pages: AsyncIterable<readonly Item[]>): Promise<(readonly Item[])[]> {
  const found: (readonly Item[])[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

/** Answers that say yes, one for each body. */
export function answers(...bodies: readonly object[]): ApiStep[] {
  return bodies.map((body) => ({ status: 200, body: JSON.stringify(body) }));
}

/** An answer that says no, in words that may not all be told. */
export function refusal(status: number): ApiStep {
  return { status, body: JSON.stringify({ message: "token=hunter2 no" }) };
}
