import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createRepetition } from "./repetition.ts";

describe("createRepetition()", () => {
  it("acts each period from the last start on, and no more once it is disposed of", async () => {
    const clock = createFakeClock();
    const times: number[] = [];
    const repetition = createRepetition(clock, 10, () => times.push(clock.nowMs()));
    await clock.advance(50);
    assert.deepEqual(times, []);
    repetition.startOver();
    await clock.advance(8);
    repetition.startOver();
    await clock.advance(25);
    assert.deepEqual(times, [68, 78]);
    assert.equal(clock.pendingCount(), 1);
    repetition[Symbol.dispose]();
    await clock.advance(50);
    assert.deepEqual(times, [68, 78]);
    assert.equal(clock.pendingCount(), 0);
  });
});
