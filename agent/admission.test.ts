import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAdmission } from "./admission.ts";
import { createBackoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { sleep } from "./deadline.ts";
import type { Gate } from "./gate.ts";
import type { PullAnswer } from "./image-service.ts";
import { createPool } from "./pool.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createRecordingLog } from "./testing/recording-log.ts";

const s = 1_000;
const never = new AbortController().signal;
const told = new Error("told to end");
const pulled: PullAnswer = { kind: "pulled", imageId: "sha256:0123" };
const throttled = failedWith("throttled");
const openDisk: Gate = { obstacle: () => undefined, enter: () => () => {} };

function createWorld(concurrency: number, { diskGate = openDisk, clockOf = (clock: Clock) => clock } = {}) {
  const clock = createFakeClock();
  const starts: string[] = [];
  const pool = createPool(concurrency);
  const admission = createAdmission({
    pool,
    concurrency,
    diskGate,
    clock: clockOf(clock),
    backoff: createBackoff(() => 0),
    log: createRecordingLog(),
    throttledRegistries: new Set(),
  });
  /** An attempt for `registry` that takes `takesMs`; `starts` says when it began. */
  const run = (registry: string, answer: PullAnswer, takesMs = 0, signal = never) =>
    admission.run(
      registry,
      (inSlot) =>
        inSlot(async () => {
          starts.push(`${registry} ${clock.nowMs() / s}`);
          if (takesMs > 0) await sleep(clock, takesMs, signal);
          return answer;
        }),
      signal,
    );
  return { clock, pool, starts, run };
}

describe("createAdmission()", () => {
  it("has one slot for all registries where the pool has one", async () => {
    const { run, starts, clock } = createWorld(1);
    await clock.finish(Promise.all([run("quay.io", pulled, 10 * s), run("ghcr.io", pulled, 10 * s)]));
    assert.deepEqual(starts, ["quay.io 0", "ghcr.io 10"]);
  });

  it("does not delay other registries by one that throttles, even with one slot", async () => {
    const { run, starts, clock } = createWorld(1);
    const ends = [
      run("quay.io", throttled),
      run("quay.io", pulled, 5 * s),
      run("ghcr.io", pulled, 5 * s),
      run("ghcr.io", pulled, 5 * s),
    ];
    await clock.finish(Promise.all(ends));
    assert.deepEqual(starts, ["quay.io 0", "ghcr.io 0", "ghcr.io 5", "quay.io 20"]);
  });

  it("does not let a long list for one registry stand before the others", async () => {
    const { run, starts, clock } = createWorld(2);
    const ends = Array.from({ length: 20 }, () => run("quay.io", pulled, 5 * s));
    await clock.finish(Promise.all([...ends, run("ghcr.io", pulled, 5 * s)]));
    assert.equal(starts.indexOf("ghcr.io 5"), 2);
  });

  it("uses all slots for one registry where there is no other", async () => {
    const { run, starts, clock } = createWorld(3);
    await clock.finish(Promise.all(Array.from({ length: 6 }, () => run("quay.io", pulled, 5 * s))));
    assert.deepEqual(starts, [...Array(3).fill("quay.io 0"), ...Array(3).fill("quay.io 5")]);
  });

  it("answers all that wait in the queue of a registry that was closed, without an attempt", async () => {
    const { run, starts, clock } = createWorld(1);
    const ends = await clock.finish(Promise.all(Array.from({ length: 10 }, () => run("quay.io", throttled))));
    assert.deepEqual(starts, ["quay.io 0", "quay.io 20", "quay.io 50"]);
    assert.deepEqual(
      ends.map(({ kind }) => kind),
      [...Array(3).fill("failed"), ...Array(7).fill("closed")],
    );
  });

  it("holds every registry's attempts at a disk that is shut, without a slot", async () => {
    const shut = Promise.withResolvers<void>();
    let isShut = true;
    const diskGate: Gate = {
      ...openDisk,
      obstacle: () => (isShut ? { kind: "wait", untilChanged: () => shut.promise } : undefined),
    };
    const { run, starts, pool } = createWorld(1, { diskGate });
    const ends = Promise.all([run("quay.io", pulled), run("ghcr.io", pulled)]);
    assert.equal(await pool.run(async () => "another's", never), "another's");
    assert.deepEqual(starts, []);
    isShut = false;
    shut.resolve();
    await ends;
    assert.equal(starts.length, 2);
  });

  it("rejects as the attempt does, and lets the registry's next one pass", async () => {
    const { run, starts, clock } = createWorld(1);
    const { signal, abort } = abortable();
    const cut = run("quay.io", pulled, 600 * s, signal);
    const next = run("quay.io", pulled);
    await clock.advance(1 * s);
    abort();
    await assert.rejects(cut, told);
    await next;
    assert.deepEqual(starts, ["quay.io 0", "quay.io 1"]);
  });

  it("lets go of all 5,000 that wait in a registry's queue when the signal aborts", async () => {
    const { run, starts, clock } = createWorld(4);
    const { signal, abort } = abortable();
    const settled = Promise.allSettled(
      Array.from({ length: 5_000 }, () => run("quay.io", throttled, 0, signal)),
    );
    await clock.advance(1 * s);
    abort();
    const ends = await settled;
    assert.equal(ends.filter((end) => end.status === "rejected" && end.reason === told).length, 4_996);
    assert.equal(starts.length, 4);
    assert.equal(clock.pendingCount(), 0);
  });

  it("asks no more often for each of 5,000 entries at a held registry than for each of 50", async () => {
    const asksFor = async (entries: number) => {
      let asks = 0;
      // The registry's gate looks at the clock whenever somebody asks it.
      const clockOf = (clock: Clock): Clock => ({
        ...clock,
        nowMs: () => {
          asks += 1;
          return clock.nowMs();
        },
      });
      const { run, clock } = createWorld(4, { clockOf });
      await clock.finish(
        Promise.all(
          Array.from({ length: entries }, (_, index) => run("quay.io", index === 0 ? throttled : pulled)),
        ),
      );
      return asks / entries;
    };
    const [few, many] = [await asksFor(50), await asksFor(5_000)];
    assert.ok(many <= few, `${few} for each of 50, ${many} for each of 5,000`);
    assert.ok(many < 12, `${many}`);
  });
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(told) };
}
