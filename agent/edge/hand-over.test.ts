import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  createHandOverWorld,
  done,
  type HandOverSettings,
  napOf,
  type Replacement,
} from "../testing/hand-over-world.ts";

// Neither the zone of the machine nor that of the pod must matter.
process.env.TZ = "Asia/Kolkata";

const hourMs = 3_600_000;
/** When the worlds' clocks begin. */
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);
/** Some program: nothing runs it. */
const sleeper = process.execPath;
const createWorld = (settings: HandOverSettings = {}) => createHandOverWorld(sleeper, settings);
const stateIn = ({ env }: Replacement) => env.PREFETCHER_STATE;

/** When a sleeper that starts at `nowMs` wakes, by its arguments. */
function wakeMsOf({ args }: Replacement, nowMs: number): number {
  const [hour, minute, second] = ["-H", "-M", "-S"].map((flag) => args[args.indexOf(flag) + 1]);
  const wake = new Date(nowMs);
  wake.setUTCHours(hour === "*" ? wake.getUTCHours() : Number(hour), Number(minute), Number(second), 0);
  // A second that has begun comes again tomorrow, or in an hour where any will do.
  return wake.getTime() > nowMs ? wake.getTime() : wake.getTime() + (hour === "*" ? 1 : 24) * hourMs;
}

describe("withNaps()", () => {
  it("is what the command comes to, where that is no nap", async () => {
    const world = createWorld();
    assert.equal(await world.run(done), done);
    assert.deepEqual([world.carried, world.became, world.log.lines], [[undefined], [], []]);
  });

  it("becomes the sleeper, which becomes this command again a second after the nap, by the time in UTC", async () => {
    const world = createWorld();
    const { file, args } = await world.becomes(napOf(6 * hourMs + 5 * 60_000 + 7_000));
    assert.equal(file, sleeper);
    assert.deepEqual(args, [
      ...["node", "-s", "9999d", "-H", "9", "-M", "9", "-S", "13"],
      ...["/node", "--max-old-space-size=64", "/prefetcher.mjs", "keep", "--image=a required=false"],
    ]);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("hands over its environment, the zone of those times, and the state in place of the former one", async () => {
    const env = { NODE_NAME: "node-1", TZ: "Asia/Tokyo", GONE: undefined, PREFETCHER_STATE: "the former" };
    const replacement = await createWorld({ env }).becomes(napOf(90_000));
    assert.deepEqual(replacement.env, { NODE_NAME: "node-1", TZ: "UTC0", PREFETCHER_STATE: "the state" });
  });

  it("names no hour where the nap is shorter than one, as the clock may be set back meanwhile", async () => {
    const world = createWorld();
    const short = await world.becomes(napOf(55 * 60_000 - 1));
    assert.equal(short.args[short.args.indexOf("-H") + 1], "*");
    const setBackMs = startMs - 3 * hourMs;
    assert.ok(wakeMsOf(short, setBackMs) - setBackMs <= hourMs);
    const long = await createWorld().becomes(napOf(55 * 60_000));
    assert.equal(long.args[long.args.indexOf("-H") + 1], "3");
  });

  it("lets it wake in the second after the nap, whenever and however long it is, and never a day late", () => {
    const naps = fc.double({ min: 1, max: 23 * hourMs, noNaN: true });
    const check = async (laterMs: number, delayMs: number) => {
      const world = createWorld();
      const nowMs = startMs + laterMs;
      world.clock.setDate(new Date(nowMs));
      const lateMs = wakeMsOf(await world.becomes(napOf(delayMs)), nowMs) - (nowMs + delayMs);
      // A Date has whole milliseconds.
      assert.ok(lateMs > -1 && lateMs <= 1_000, `${lateMs} ms late`);
    };
    return fc.assert(fc.asyncProperty(fc.nat({ max: 48 * hourMs }), naps, check));
  });

  for (const state of ["the state", '{"v":1}', "until tomorrow", "until  1 state", "x until 1 state", ""])
    it(`gives the command ${JSON.stringify(state)} where that was handed over`, async () => {
      const world = createWorld({ env: { PREFETCHER_STATE: state } });
      await world.run(done);
      assert.deepEqual(world.carried, [state]);
    });
});

describe("withNaps(), with a nap of more than 23 hours,", () => {
  const until = `until ${startMs + 50 * hourMs} a\nstate`;
  const wokenAfter = (hours: number, ms: number, settings: HandOverSettings = {}) => {
    const world = createWorld({ env: { PREFETCHER_STATE: until }, ...settings });
    world.clock.setDate(new Date(startMs + hours * hourMs + ms));
    return world;
  };

  it("sleeps 23 hours of it, and hands over when it ends", async () => {
    const replacement = await createWorld().becomes(napOf(50 * hourMs, "a\nstate"));
    assert.equal(stateIn(replacement), until);
    assert.equal(wakeMsOf(replacement, startMs), startMs + 23 * hourMs + 1_000);
  });

  it("does so from the first millisecond more", async () => {
    assert.equal(stateIn(await createWorld().becomes(napOf(23 * hourMs))), "the state");
    const longer = await createWorld().becomes(napOf(23 * hourMs + 1));
    assert.equal(stateIn(longer), `until ${startMs + 23 * hourMs + 1} the state`);
  });

  it("sleeps on where it wakes before, without running the command", async () => {
    const world = wokenAfter(23, 1_000);
    const replacement = await world.becomes();
    assert.equal(stateIn(replacement), until);
    assert.equal(wakeMsOf(replacement, startMs + 23 * hourMs + 1_000), startMs + 46 * hourMs + 2_000);
    assert.deepEqual(world.carried, []);
  });

  it("sleeps what is left of it at last, and hands over the state alone", async () => {
    const world = wokenAfter(46, 2_000);
    const replacement = await world.becomes();
    assert.equal(stateIn(replacement), "a\nstate");
    assert.equal(wakeMsOf(replacement, startMs + 46 * hourMs + 2_000), startMs + 50 * hourMs + 1_000);
    assert.deepEqual(world.carried, []);
  });

  it("runs the command where a second is left, and however late it is", async () => {
    for (const ms of [-1_000, 0, 1_000, 100 * hourMs]) {
      const world = wokenAfter(50, ms);
      assert.equal(await world.run(done), done);
      assert.deepEqual([world.carried, world.became], [["a\nstate"], []]);
    }
  });

  it("runs the command where more is left than any nap is long, as somebody has set the clock back", async () => {
    const world = wokenAfter(50 - 25 * 24, -1);
    assert.equal(await world.run(done), done);
    assert.equal(stateIn(await wokenAfter(50 - 25 * 24, 0).becomes()), until);
  });

  it("sleeps on where more than a second is left", async () => {
    assert.equal(stateIn(await wokenAfter(50, -1_001).becomes()), "a\nstate");
  });

  it("waits out itself what is left of it, where it cannot become the sleeper again", async () => {
    const world = wokenAfter(49, 0, { hasExecve: false });
    assert.equal(await world.clock.finish(world.run(done)), done);
    assert.deepEqual([world.carried, world.clock.nowMs()], [["a\nstate"], hourMs]);
  });
});
