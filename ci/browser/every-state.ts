import { nodeStates } from "../../agent/fleet/fleet-report.ts";
import type { LeftoverKind, StatusReport } from "../../agent/fleet/status-report.ts";
import { madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";
import { names, nodeNamed } from "./status-fixture.ts";

const key = "image-prefetcher.stackrox.io/a";
const kinds: readonly LeftoverKind[] = ["not-chosen", "former-instance", "no-release", "unowned"];

/** A report in which there is one of each: nodes in every state, Ready and not, leftovers of every kind, names that fold out, and absent pods. */
export const everyState: StatusReport = madeUpReport(
  [
    madeUpRelease({
      namespace: "default",
      release: "a",
      nodes: [
        ...nodeStates.map((state) => nodeNamed(`ready-${state}`, { state })),
        ...nodeStates.map((state) =>
          nodeNamed(`other-${state}`, { state, isReady: false, isCounted: false }),
        ),
        ...names("folded", 40).map((name) => nodeNamed(name, { state: "working", why: "pulling" })),
        nodeNamed("many", {
          state: "failed",
          failed: [{ image: "registry.example.com/optional:1", reason: "not_found", required: false }],
          moreFailed: 12,
        }),
      ],
      absent: 3,
      minPercent: 90,
      problems: ["DaemonSet default/a has a pod on 57 of the 60 nodes it chooses"],
      notes: ["1 node is gone, though a pod is still said to be there: ready-missing"],
    }),
    madeUpRelease({ namespace: "default", release: "empty", nodes: [], problems: ["it chooses no node"] }),
  ],
  {
    notes: ["the events of namespace default may not be read"],
    leftovers: [
      ...kinds.map((kind) => ({ node: kind, instance: "a", key, kind, label: "failed", owner: "default/a" })),
      { node: "annotated", instance: "a", key, kind: "no-release", owner: "default/b" },
    ],
  },
);
