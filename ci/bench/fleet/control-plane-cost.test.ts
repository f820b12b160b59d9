import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { cpuMsIn } from "./control-plane-cost.ts";

describe("cpuMsIn()", () => {
  it("adds user and system time, whatever the process is called", () => {
    const stat = "42 (a (b) 9 9) S 1 42 42 0 -1 4194560 500 0 3 0 120 34 5 6 20 0 12 0 777 1 2";
    assert.equal(cpuMsIn(stat), 1_540);
  });

  it("reads this process as the kernel tells it", () => {
    const { user, system } = process.cpuUsage();
    const seenMs = cpuMsIn(readFileSync("/proc/self/stat", "utf8"));
    assert.ok(
      seenMs > (user + system) / 1000 - 30 && seenMs < (user + system) / 1000 + 1_000,
      `${seenMs} ms`,
    );
  });
});
