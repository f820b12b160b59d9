import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allDone } from "./all-done.ts";

describe("allDone()", () => {
  it("does every step and throws the first error", async () => {
    const done: string[] = [];
    const step = (name: string, error?: string) => async () => {
      done.push(name);
      if (error !== undefined) throw new Error(error);
    };
    const steps = [step("a"), step("b", "first"), step("c", "second"), step("d")];
    await assert.rejects(allDone(steps), /^Error: first$/);
    assert.deepEqual(done, ["a", "b", "c", "d"]);
    await allDone([step("e")]);
  });
});
