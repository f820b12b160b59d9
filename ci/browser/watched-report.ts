import type { ReportedNode } from "../../agent/fleet/fleet-report.ts";
import type { StatusReport } from "../../agent/fleet/status-report.ts";
import { madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";
import { names, nodeNamed } from "./status-fixture.ts";

const revision = "1-8f3ac01d97e2";
const checkout = { image: "registry.example.com/shop/checkout:2.14.1", reason: "not_found" };
const recommender = { image: "registry.example.com/shop/recommender:8.0.3", reason: "no_space" };
const pulling = { state: "working", revision, entries: 20, why: "pulling" } as const;

const troubles: Readonly<Record<string, Partial<ReportedNode>>> = {
  "pool-b-02": { state: "failed", present: 19, failed: [checkout] },
  "pool-b-05": { state: "failed", present: 19, failed: [checkout] },
  "pool-c-01": { state: "failed", present: 18, failed: [checkout, recommender] },
  "pool-c-02": { ...pulling, present: 11 },
  "pool-c-03": { ...pulling, present: 6 },
};

const nodeNames = [...names("pool-a", 4), ...names("pool-b", 5), ...names("pool-c", 4)];

/** A release while it comes to its nodes: what the README shows of `status --watch`. */
export const watchedReport: StatusReport = madeUpReport([
  madeUpRelease({
    namespace: "shop",
    release: "shop-images",
    revision,
    nodes: nodeNames.map(watchedNode),
    problems: ["5 of 13 nodes do not say `succeeded`: 61 % do, and 100 % have to"],
  }),
]);

/** The node of that name; its verdict is a few seconds older than that of the one before. */
function watchedNode(name: string, index: number): ReportedNode {
  const finishedAt = new Date(Date.UTC(2026, 10, 20, 6, 29, 52) - index * 3_000).toISOString();
  const trouble = troubles[name];
  // One that is at work has no verdict yet.
  return nodeNamed(name, trouble?.state === "working" ? trouble : { revision, finishedAt, ...trouble });
}
