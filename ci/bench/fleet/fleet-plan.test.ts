import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fleetPlanOf } from "./fleet-plan.ts";

const stagesOf = (isQuick: boolean, only?: string) =>
  fleetPlanOf({ isQuick, only }).sizes.flatMap(({ bytes, stages }) =>
    stages.map(({ nodes, parts }) => `${bytes} ${nodes} ${parts}`),
  );

describe("fleetPlanOf()", () => {
  it("has fleets of 100, 1,000 and 5,000 Nodes of both sizes, and faults in the largest", () => {
    const stages = stagesOf(false);
    for (const nodes of [100, 1000, 5000]) {
      assert.ok(stages.includes(`11000 ${nodes} plain${nodes === 5000 ? ",faults" : ""}`), String(nodes));
      assert.ok(stages.some((stage) => stage.startsWith(`20000 ${nodes} plain`)));
    }
    assert.ok(stages.some((stage) => stage.includes("outage")));
  });

  it("is small and has faults and an outage too when it is quick", () => {
    assert.deepEqual(stagesOf(true), ["20000 100 plain,outage", "20000 500 plain,faults"]);
  });

  it("is what was asked for alone", () => {
    assert.deepEqual(stagesOf(true, "faults"), ["20000 500 faults"]);
    assert.deepEqual(stagesOf(true, "outage"), ["20000 100 outage"]);
  });

  it("refuses a part that it has not, since nothing that ran would look like all well", () => {
    assert.throws(() => stagesOf(true, "ways"), /no part ways; it has plain, outage, faults$/);
  });
});
