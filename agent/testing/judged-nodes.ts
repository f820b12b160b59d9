import type { FleetNodeStatus } from "../fleet/fleet-api.ts";
import {
  type ExpectedList,
  type JudgedNode,
  judgedNodeFrom,
  type PodOnNode,
} from "../fleet/fleet-judgement.ts";
import { annotationOf } from "./fake-fleet-api.ts";

const key = "image-prefetcher.stackrox.io/a";

/** The revision that the node is held against. */
export const judgedRevision = "1-0123456789ab";

/** The list of instance `a`, of owner `default/a`. */
export const expectedList: ExpectedList = {
  instance: "a",
  key,
  owner: "default/a",
  revision: judgedRevision,
  isSample: false,
  isKept: false,
  staggerWindow: undefined,
  caller: { program: "prefetcher", context: undefined, kubeconfig: undefined },
};

/** A pod that runs. */
export const runningPod: PodOnNode = {
  phase: "Running",
  waiting: undefined,
  ended: undefined,
  isBeingDeleted: false,
};

/** One that does not yet. */
export const pendingPod: PodOnNode = { ...runningPod, phase: "Pending" };

/** What is said of the node in any case. */
export const aboutNode = { name: "node-1", isReady: true };

/** How far a node with that label and that annotation is with the list, but for what is given. */
export function judged(
  label: string | undefined,
  annotation: string | undefined,
  pod: PodOnNode = runningPod,
  list: Partial<ExpectedList> = {},
): JudgedNode {
  const marks = (value: string | undefined) => (value === undefined ? {} : { [key]: value });
  const node: FleetNodeStatus = {
    ...aboutNode,
    resourceVersion: "1",
    labels: marks(label),
    annotations: marks(annotation),
  };
  return judgedNodeFrom(node, pod, { ...expectedList, ...list });
}

/** The annotation of the list's own agent. */
export const byUs = (fields: object = {}) => annotationOf("default/a", fields);
