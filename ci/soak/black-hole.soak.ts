import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { silence } from "../e2e/support/fault-rule.ts";
import { type FaultScene, openFaultScene } from "../e2e/support/fault-scene.ts";
import { proveFault } from "../e2e/support/fault-table.ts";
import { onRequests } from "../e2e/support/registry-fault.ts";

describe("a registry that takes requests and never answers", () => {
  let scene: FaultScene;
  before(async () => {
    scene = await openFaultScene("black-hole");
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  it("row 6, costs each image at most two of containerd's own time limits", async () => {
    const row = {
      row: 6,
      fault: "a registry that never answers, with the shipped time limits of agent and containerd",
      expected: "unavailable after at most 2 attempts, the other image is there at once",
    };
    await proveFault(row, async () => {
      const [silent, other] = [await scene.push("silent"), await scene.push("other")];
      scene.front.setRule(onRequests({}, silence));
      await scene.start("black-hole", [silent.atFront, other.atOther]);
      const end = await scene.untilEnded("black-hole", 1_500_000);
      assert.deepEqual(end.failures, [`${silent.atFront} unavailable`]);
      const calls = scene.proxy.callsOf({ method: "PullImage", image: silent.atFront });
      assert.ok(calls.length <= 2, `${calls.length} attempts`);
      const pulled = end.log.find(({ outcome, image }) => outcome === "pulled" && image === other.atOther);
      assert.ok((pulled?.durationMs ?? Number.NaN) < 10_000);
      const seconds = calls.map(({ atMs, endedAtMs = Number.NaN }) => ((endedAtMs - atMs) / 1000).toFixed(0));
      return `attempts of ${seconds.join(" and ")} s`;
    });
  });
});
