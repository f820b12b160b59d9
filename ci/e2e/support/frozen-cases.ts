import type { Change } from "./node-patch.ts";

/** Who is held by a policy, as its sentences say it. */
export type Held = "agent" | "cleanup";

/** A change that is refused, with this sentence. */
export interface FrozenChange {
  readonly what: string;
  readonly change: Change;
  readonly sentence: string;
}

/** What the policies of the agent and of the cleanup say alike. */
export function frozenSentences(who: Held) {
  return {
    spec: `the ${who} may not change a Node's spec`,
    owners: `the ${who} may not change a Node's finalizers, owner references or generated name`,
    managers: `the ${who} may not make a Node forget who manages its fields`,
  };
}

/** What of a Node neither of them ever changes, and what RBAC would let through. */
export function frozenChanges(who: Held): readonly FrozenChange[] {
  const { spec, owners, managers } = frozenSentences(who);
  const taint = { key: "example.com/taint", value: "x", effect: "NoSchedule" };
  const owner = {
    apiVersion: "v1",
    kind: "ConfigMap",
    name: "owner",
    uid: "0b5c3c1e-0000-4000-8000-000000000000",
  };
  return [
    { what: "a taint", change: { spec: { taints: [taint] } }, sentence: spec },
    {
      what: "whether pods are scheduled to the node",
      change: { spec: { unschedulable: true } },
      sentence: spec,
    },
    { what: "spec.providerID", change: { spec: { providerID: "example://elsewhere" } }, sentence: spec },
    {
      what: "finalizers",
      change: { metadata: { finalizers: ["example.com/finalizer"] } },
      sentence: owners,
    },
    { what: "owner references", change: { metadata: { ownerReferences: [owner] } }, sentence: owners },
    { what: "the generated name", change: { metadata: { generateName: "generated-" } }, sentence: owners },
    // Both are how one asks the API server to forget all of them.
    {
      what: "who manages its fields, by an empty entry",
      change: { metadata: { managedFields: [{}] } },
      sentence: managers,
    },
    {
      what: "who manages its fields, by no entry",
      change: { metadata: { managedFields: [] } },
      sentence: managers,
    },
  ];
}
