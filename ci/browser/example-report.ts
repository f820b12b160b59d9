import type { ReportedNode } from "../../agent/fleet/fleet-report.ts";
import type { ReleaseStatus, StatusReport } from "../../agent/fleet/status-report.ts";
import { madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";
import { names, nodeNamed } from "./status-fixture.ts";

type Fields = Readonly<Record<string, Partial<ReportedNode>>>;

/** Two releases on some sixty nodes, of which a few have each a trouble of another kind: what the README's pictures show. */
export const exampleReport: StatusReport = madeUpReport([shop(), models()], {
  leftovers: [
    leftover("pool-a-7d9f-03", "succeeded"),
    leftover("pool-a-7d9f-04", "succeeded"),
    leftover("pool-b-61c2-11", "failed"),
  ],
});

function shop(): ReleaseStatus {
  const checkout = { image: "registry.example.com/shop/checkout:2.14.1", reason: "not_found" };
  const search = { image: "registry.example.com/shop/search:8.0.3", reason: "no_space" };
  const pulling = { state: "working", entries: 20, why: "pulling" } as const;
  const former = "1-09be77c1a4d2";
  const outdated = {
    state: "outdated",
    revision: former,
    why: `the label says succeeded of revision ${former}; its pod is being deleted`,
  } as const;
  const fields: Fields = {
    "pool-a-7d9f-05": { state: "failed", present: 19, failed: [checkout] },
    "pool-a-7d9f-11": { state: "failed", present: 19, failed: [checkout] },
    "pool-b-61c2-02": { state: "failed", present: 19, failed: [checkout] },
    "pool-b-61c2-08": { state: "failed", present: 17, failed: [checkout, search], moreFailed: 1 },
    "pool-b-61c2-14": outdated,
    "pool-b-61c2-15": outdated,
    "pool-c-0e4a-01": { ...pulling, present: 6 },
    "pool-c-0e4a-02": { ...pulling, present: 11 },
    "pool-c-0e4a-03": { ...pulling, present: 3 },
    "pool-c-0e4a-04": {
      state: "working",
      why: 'CreateContainerConfigError: secret "registry-login" not found',
    },
    "pool-c-0e4a-09": { state: "failed", present: 18, isReady: false, isCounted: false, failed: [checkout] },
  };
  return madeUpRelease({
    namespace: "shop",
    release: "shop-images",
    nodes: nodesOf(
      [...names("pool-a-7d9f", 18), ...names("pool-b-61c2", 16), ...names("pool-c-0e4a", 10)],
      fields,
    ),
    minPercent: 95,
    mode: "keep",
    problems: ["10 of 43 nodes do not say `succeeded`: 76 % do, and 95 % have to"],
    notes: ["1 node is not Ready and left out: pool-c-0e4a-09"],
  });
}

function models(): ReleaseStatus {
  const revision = "1-b81e07f5ac26";
  const idle = { state: "nothing-to-do", entries: 7, present: 0, revision } as const;
  return madeUpRelease({
    namespace: "ml",
    release: "model-servers",
    revision,
    nodes: [
      ...names("gpu-l4-9b3d", 14).map((name) => nodeNamed(name, { revision, entries: 7, present: 7 })),
      ...names("cpu-arm-2c70", 2).map((name) => nodeNamed(name, idle)),
    ],
  });
}

function nodesOf(all: readonly string[], fields: Fields): readonly ReportedNode[] {
  return all.map((name) => nodeNamed(name, fields[name]));
}

function leftover(node: string, label: string): StatusReport["leftovers"][number] {
  const key = "image-prefetcher.stackrox.io/nightly-images";
  return { node, instance: "nightly-images", key, label, owner: "batch/nightly-images", kind: "no-release" };
}
