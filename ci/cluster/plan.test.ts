import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterPlan, nodePlan } from "./plan.ts";

describe("clusterPlan()", () => {
  it("refuses a name that could not be a folder, a cgroup and a word of a comment", () => {
    for (const name of ["", "Dev", "a b", "../x", "a.b", "-a", "a-", "x".repeat(21)]) {
      assert.throws(() => clusterPlan(name, 1), /cannot be a cluster's name/, name);
    }
  });
});

describe("nodePlan()", () => {
  it("keeps the socket of the longest names within what a unix socket's path may have", () => {
    const plan = nodePlan(clusterPlan("c".repeat(20), 1), "n".repeat(20), 1);
    assert.ok(plan.containerdSocket.length <= 107);
  });

  it("says what to do when the folder of all clusters makes it longer", (t) => {
    process.env.PREFETCHER_CLUSTER_DIR = `/${"d".repeat(90)}`;
    t.after(() => {
      delete process.env.PREFETCHER_CLUSTER_DIR;
    });
    assert.throws(
      () => nodePlan(clusterPlan("dev", 1), "node1", 1),
      /set PREFETCHER_CLUSTER_DIR to a shorter path/,
    );
  });
});
