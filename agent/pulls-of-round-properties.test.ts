import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createBackoff } from "./backoff.ts";
import type { FailureReason } from "./failure.ts";
import { createPullsOfRound } from "./pulls-of-round.ts";
import { nothingThere } from "./testing/pull-world.ts";
import { createRoundWorld } from "./testing/round-world.ts";
import { createTimedImageService, type TimedAnswer, type TimedPull } from "./testing/timed-image-service.ts";
import { createTries } from "./tries.ts";
import { tryPolicies } from "./try-policy.ts";

const s = 1_000;
const never = new AbortController().signal;

/** One entry of a random list: its registry, and what its calls come to, one after the other and then over again. */
interface Planned {
  readonly registry: string;
  readonly answers: readonly TimedAnswer[];
}

interface Plan {
  readonly entries: readonly Planned[];
  readonly concurrency: number;
  readonly jitter: number;
}

const retried = ["throttled", "unavailable", "corrupt", "not_found", "runtime_down", "timed_out"] as const;
const anyReason = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constantFrom("throttled" as const) },
  { weight: 3, arbitrary: fc.constantFrom(...retried) },
  { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(tryPolicies) as FailureReason[])) },
);
const takesMs = fc.oneof(fc.constantFrom(0, 1, 10 * s), fc.integer({ min: 0, max: 30 * s }));

function plans(
  reasons: fc.Arbitrary<FailureReason | undefined>,
  ...registries: string[]
): fc.Arbitrary<Plan> {
  const answer = fc.record({ takesMs, reason: reasons });
  const planned = fc.record({
    registry: fc.constantFrom(...registries),
    answers: fc.array(answer, { minLength: 1, maxLength: 5 }),
  });
  return fc.record({
    entries: fc.array(planned, { minLength: 1, maxLength: 14 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    jitter: fc.constantFrom(0, 0.5, 1),
  });
}

interface Played {
  readonly pulls: readonly TimedPull[];
  readonly ended: number;
  readonly endMs: number;
  readonly timersLeft: number;
}

// So large that no reserve is felt.
const largeDisk = () => ({ freeBytes: 5e9, totalBytes: 1e10 });

/** Pulls the plan's list in a world of its own. */
async function play({ entries, concurrency, jitter }: Plan): Promise<Played> {
  const images = new Map(entries.map((entry, index) => [`${entry.registry}/image-${index}`, entry]));
  const backoff = createBackoff(() => jitter);
  const world = createRoundWorld([...images.keys()], { concurrency, backoff, diskSpace: largeDisk });
  const imageService = createTimedImageService(world.clock, (imageReference, callNumber) => {
    // An entry without an end would be a test without one.
    if (callNumber > 30) throw new Error("too many calls");
    const answers = images.get(imageReference)?.answers ?? [];
    return answers[(callNumber - 1) % answers.length] ?? assert.fail(imageReference);
  });
  const pulls = createPullsOfRound({ ...world, imageService }, nothingThere, undefined);
  await world.clock.finish(pulls.pullAll(world.entries, never));
  return {
    pulls: imageService.pulls,
    ended: pulls.results.size,
    endMs: world.clock.nowMs(),
    timersLeft: world.clock.pendingCount(),
  };
}

const registryOf = ({ imageReference }: TimedPull) => imageReference.split("/", 1)[0] ?? "";

/** The pulls by their registry, each list in the order they began. */
function byRegistry(pulls: readonly TimedPull[]): readonly (readonly TimedPull[])[] {
  return [...Map.groupBy(pulls, registryOf).values()];
}

/** How many of `pulls` were under way when `call` began. */
function underWayAt(pulls: readonly TimedPull[], call: TimedPull): number {
  return pulls.filter(({ began, ended }) => began < call.began && ended > call.began).length;
}

const isThrottled = ({ reason }: TimedPull) => reason === "throttled";
const ranIntoLimit = ({ reason, takesMs: ms }: TimedPull) =>
  reason === "timed_out" || (reason === "unavailable" && ms >= 10 * s);

const check = (plan: fc.Arbitrary<Plan>, holds: (played: Played, plan: Plan) => void) =>
  fc.assert(
    fc.asyncProperty(plan, async (each) => holds(await play(each), each)),
    { numRuns: 150 },
  );

/**
 * Checks each call of a plan by the calls of its registry that had ended before it began, in the order they did, and
 * by how many others of its registry were under way then.
 */
const checkEachCall = (
  plan: fc.Arbitrary<Plan>,
  holds: (before: readonly TimedPull[], call: TimedPull, underWay: number) => void,
) =>
  check(plan, ({ pulls }) => {
    for (const ofOne of byRegistry(pulls)) {
      for (const call of ofOne) {
        const before = ofOne.filter(({ ended }) => ended < call.began).sort((a, b) => a.ended - b.ended);
        holds(before, call, underWayAt(ofOne, call));
      }
    }
  });

describe("createPullsOfRound(), whatever the list and the answers", () => {
  const registries = ["r1.example", "r2.example", "r3.example"] as const;

  it("ends for every entry, with no timer left, and without more calls than the tries allow", () =>
    check(plans(anyReason, ...registries), ({ pulls, ended, timersLeft }, { entries }) => {
      assert.deepEqual([ended, timersLeft], [entries.length, 0]);
      for (const calls of Map.groupBy(pulls, ({ imageReference }) => imageReference).values())
        assert.ok(calls.length <= 20);
    }));

  it("never has more calls under way than the pool has slots", () =>
    check(plans(anyReason, ...registries), ({ pulls }, { concurrency }) => {
      for (const call of pulls) assert.ok(underWayAt(pulls, call) < concurrency);
    }));

  it("has one call at a time at a registry that has throttled, and none for 20 s after each 429", () =>
    checkEachCall(plans(anyReason, "r1.example", "r2.example"), (before, { startMs }, underWay) => {
      const answered = before.filter(isThrottled);
      if (answered.length > 0) assert.equal(underWay, 0);
      for (const { endMs } of answered) assert.ok(startMs >= endMs + 20 * s);
    }));

  it("makes two further calls at most at a registry that throttles every one", () =>
    check(plans(fc.constant("throttled"), "r1.example", "r2.example"), ({ pulls }, { concurrency }) => {
      for (const ofOne of byRegistry(pulls)) {
        const firstEnd = Math.min(...ofOne.map(({ ended }) => ended));
        const together = ofOne.filter(({ began }) => began < firstEnd).length;
        assert.ok(together <= concurrency);
        assert.ok(ofOne.length <= together + 2);
      }
    }));

  it("has one call at a time at a registry that lets calls run into a time limit, until one succeeds", () =>
    checkEachCall(plans(anyReason, "r1.example", "r2.example"), (before, _, underWay) => {
      const lastSuccess = before.findLastIndex(({ reason }) => reason === undefined);
      if (before.slice(lastSuccess + 1).some(ranIntoLimit)) assert.equal(underWay, 0);
    }));

  it("lets no slot stand free that another registry's entry is ready for, while one registry throttles", () => {
    const others = fc.constantFrom<FailureReason | undefined>(undefined, undefined, "unavailable", "corrupt");
    const throttling: Planned = {
      registry: "r1.example",
      answers: [{ takesMs: 0, reason: "throttled" }],
    };
    const mixed = fc.tuple(plans(others, "r2.example", "r3.example"), fc.integer({ min: 1, max: 8 }));
    const plan = mixed.map(([each, count]) => ({
      ...each,
      entries: [...Array<Planned>(count).fill(throttling), ...each.entries.map(withoutSlowCalls)],
    }));
    return check(plan, ({ pulls }, { concurrency, jitter }) => {
      const ofOthers = pulls.filter((call) => registryOf(call) !== "r1.example");
      const events = ofOthers.flatMap(({ startMs, endMs }) => [startMs, endMs]);
      for (const [readyMs, beganMs] of waitsIn(ofOthers, jitter)) {
        for (const [fromMs, toMs] of stretchesOf(readyMs, beganMs, events)) {
          const underWay = ofOthers.filter(({ startMs, endMs }) => startMs <= fromMs && endMs >= toMs);
          assert.equal(underWay.length, concurrency);
        }
      }
    });
  });
});

/** The stretches of time between two instants in which nothing happened. */
function stretchesOf(fromMs: number, toMs: number, events: readonly number[]) {
  const within = events.filter((ms) => ms > fromMs && ms < toMs);
  const instants = [...new Set([fromMs, ...within, toMs])].sort((a, b) => a - b);
  return instants.slice(1).map((ms, index) => [instants[index] ?? ms, ms] as const);
}

/** The entry without calls that take so long that its registry would be taken for slow. */
function withoutSlowCalls({ registry, answers }: Planned): Planned {
  return {
    registry,
    answers: answers.map(({ takesMs: ms, reason }) => ({ takesMs: ms % (10 * s), reason })),
  };
}

/** From when to when the images were ready for a call that had not begun. */
function waitsIn(
  pulls: readonly TimedPull[],
  jitter: number,
): readonly (readonly [from: number, to: number])[] {
  return [...Map.groupBy(pulls, ({ imageReference }) => imageReference).values()].flatMap((calls) => {
    const tries = createTries(createBackoff(() => jitter));
    let readyMs = 0;
    return calls.map(({ startMs, endMs, takesMs: ms, reason }) => {
      const wait = [readyMs, startMs] as const;
      if (reason !== undefined) readyMs = endMs + (tries.delayAfter({ reason, message: "" }, ms) ?? 0);
      return wait;
    });
  });
}
