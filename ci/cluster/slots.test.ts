import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maxSlot } from "./address-plan.ts";
import { freeSlot } from "./slots.ts";

describe("freeSlot()", () => {
  it("is the first one on an empty machine", () =>
    assert.equal(freeSlot({}, ["default", "192.0.2.0/24"]), 1));

  it("passes over a slot that a cluster has", () => assert.equal(freeSlot({ dev: 1, test: 3 }, []), 2));

  it("passes over a slot whose network the host has an address in", () => {
    assert.equal(freeSlot({ dev: 2 }, ["10.101.0.0/16"]), 3);
  });

  it("says what to do when all are taken", () => {
    const slots = Object.fromEntries([...Array(maxSlot).keys()].map((index) => [`c${index}`, index + 1]));
    assert.throws(() => freeSlot(slots, []), /cluster -- down --name NAME/);
  });
});
