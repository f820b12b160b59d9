import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reservedBy } from "./reserved.ts";

const asking = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory } } });

describe("reservedBy()", () => {
  it("adds the containers up", () => {
    const pod = { containers: [asking("10m", "32Mi"), asking("5m", "8Mi")] };
    assert.deepEqual([reservedBy(pod, "cpu"), reservedBy(pod, "memory")], [15, 40]);
  });

  it("is what one init container asks for, where that is more", () => {
    const pod = {
      initContainers: [asking("10m", "16Mi"), asking("20m", "8Mi")],
      containers: [asking("1m", "32Mi")],
    };
    assert.deepEqual([reservedBy(pod, "cpu"), reservedBy(pod, "memory")], [20, 32]);
  });

  it("is nothing where nobody asks", () => {
    assert.equal(reservedBy({ containers: [{}, { resources: {} }] }, "cpu"), 0);
  });

  for (const text of ["1", "1.5", "1Gi", "many"]) {
    it(`refuses ${text}, which it would count wrongly`, () =>
      assert.throws(() => reservedBy({ containers: [asking(text, text)] }, "memory"), /a quantity/));
  }
});
