import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { KubeError } from "../kube-error.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { createPauses, type Pauses } from "./pauses.ts";

const fault = new KubeError("x", undefined);
const refused = new KubeError("no", 403);

describe("createPauses()", () => {
  let clock: FakeClock;
  let pauses: Pauses;
  beforeEach(() => {
    clock = createFakeClock();
    pauses = createPauses(clock, () => 1);
  });

  /** The pause after this failure, which is then over. */
  async function pauseAfter(error: KubeError): Promise<number> {
    const ms = pauses.after(error);
    await clock.advance(ms);
    return ms;
  }

  it("grow to half a minute", async () => {
    const seen: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) seen.push(await pauseAfter(fault));
    assert.deepEqual(seen, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("begin anew once a list, and what follows it, has gone well for a minute", async () => {
    await pauseAfter(fault);
    pauses.listed();
    await clock.advance(59_999);
    assert.equal(await pauseAfter(fault), 1_000);
    pauses.listed();
    await clock.advance(60_000);
    assert.equal(await pauseAfter(fault), 500);
    await clock.advance(60_000);
    assert.equal(await pauseAfter(fault), 1_000, "nothing was listed meanwhile");
  });

  it("throw what is refused for ten seconds, though lists go well between", async () => {
    for (const ms of [500, 1_000, 2_000, 4_000]) {
      assert.equal(await pauseAfter(refused), ms);
      pauses.listed();
    }
    assert.throws(() => pauses.after(refused), refused);
  });

  it("count a refusal from the last watch that was let in", async () => {
    for (let failure = 0; failure < 4; failure += 1) {
      await pauseAfter(refused);
      pauses.listed();
      pauses.watching();
      await clock.advance(30_000);
    }
  });

  it("count a refusal from the first of an unbroken run", async () => {
    for (let failure = 0; failure < 3; failure += 1) await pauseAfter(refused);
    await pauseAfter(fault);
    assert.equal(await pauseAfter(refused), 8_000);
    pauses.listed();
    await clock.advance(60_000);
    assert.equal(await pauseAfter(refused), 500);
  });
});
