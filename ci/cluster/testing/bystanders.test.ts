import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterFolder } from "../folders.ts";
import { bystandersOf } from "./bystanders.ts";

describe("bystandersOf()", () => {
  const bystanders = bystandersOf("leak", [{ leak: 1, dev: 2 }, { test: 11 }]);

  it("owns what carries another cluster's names, now or at an earlier look", () => {
    for (const line of [
      "10:pids:/prefetcher-dev/nodes/node1",
      `${clusterFolder("test")}/nodes/node1/run`,
      "prefetch2n1",
      "prefetch11",
      "10.102.1.0/24 via 10.102.0.11 dev prefetch2",
      '-A INPUT -i prefetch2 -m comment --comment "image-prefetcher-cluster:dev" -j ACCEPT',
    ]) {
      assert.ok(bystanders.owns(line), line);
    }
  });

  it("owns nothing of the cluster under test, nor of one whose name only begins alike", () => {
    for (const line of [
      "10:pids:/prefetcher-leak/nodes/node1",
      "10:pids:/prefetcher-dev2/nodes/node1",
      "prefetch1n2",
      "prefetch22",
      "10.101.1.0/24 via 10.101.0.11 dev prefetch1",
      "eth0",
    ]) {
      assert.ok(!bystanders.owns(line), line);
    }
  });
});
