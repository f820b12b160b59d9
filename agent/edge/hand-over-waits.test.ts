import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  createBlockedOutput,
  createHandOverWorld,
  done,
  napOf,
  Replaced,
} from "../testing/hand-over-world.ts";

const minuteMs = 60_000;
const program = process.execPath;

describe("withNaps(), where no sleeper can be started,", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hand-over-"));
    await writeFile(join(folder, "notes"), "", { mode: 0o644 });
  });
  after(() => rm(folder, { recursive: true }));

  interface Case {
    readonly what: string;
    readonly sleeper: () => string;
    readonly hasExecve: boolean;
    readonly error: RegExp;
  }
  const cases: readonly Case[] = [
    {
      what: "it is not there",
      sleeper: () => join(folder, "snooze"),
      hasExecve: true,
      error: /^ENOENT: .*\/snooze'$/,
    },
    {
      what: "it is no program",
      sleeper: () => join(folder, "notes"),
      hasExecve: true,
      error: /^EACCES: .*\/notes'$/,
    },
    {
      what: "Node.js cannot become it",
      sleeper: () => program,
      hasExecve: false,
      error: /^this Node\.js cannot become another program$/,
    },
  ];
  for (const { what, sleeper, hasExecve, error } of cases)
    it(`waits itself, runs again with the state, and warns once a wait that ${what}`, async () => {
      const world = createHandOverWorld(sleeper(), { hasExecve });
      const ended = world.run(napOf(2 * minuteMs, "one"), napOf(3 * minuteMs, "two"), done);
      for (const delayMs of [2 * minuteMs, 3 * minuteMs]) {
        const runs = world.carried.length;
        await world.untilWaiting();
        await world.clock.advance(delayMs - 1);
        assert.equal(world.carried.length, runs);
        await world.clock.advance(1);
      }
      assert.equal(await ended, done);
      assert.deepEqual([world.carried, world.became], [[undefined, "one", "two"], []]);
      assert.deepEqual(
        world.log.lines.map(({ level, fields }) => [level, fields.sleeper, error.test(String(fields.error))]),
        Array(2).fill(["warn", sleeper(), true]),
      );
    });

  it("waits itself where there is more to hand over than an environment can hold", async () => {
    const world = createHandOverWorld(program);
    const ended = world.clock.finish(world.run(napOf(2 * minuteMs, "x".repeat(120 * 1024 + 1)), done));
    assert.equal(await ended, done);
    assert.deepEqual(world.became, []);
    assert.match(String(world.log.lines[0]?.fields.error), /more to hand over than an environment can hold/);
  });

  it("says nothing where none was asked for", async () => {
    const world = createHandOverWorld(undefined);
    assert.equal(await world.clock.finish(world.run(napOf(2 * minuteMs), done)), done);
    assert.deepEqual([world.carried, world.clock.nowMs()], [[undefined, "the state"], 2 * minuteMs]);
    assert.deepEqual(world.log.lines, []);
  });

  it("ends its wait with the signal", async () => {
    const controller = new AbortController();
    const world = createHandOverWorld(undefined, { signal: controller.signal });
    const ended = assert.rejects(world.run(napOf(2 * minuteMs)), /told to end/);
    await world.untilWaiting();
    controller.abort(new Error("told to end"));
    await ended;
    assert.deepEqual([world.carried, world.clock.pendingCount()], [[undefined], 0]);
  });
});

// Lines that nobody reads may hold it up for good, where it is wrong.
describe("withNaps(), before it becomes the sleeper,", { timeout: 20_000 }, () => {
  it("gives the last lines a second to go, where nobody reads them", async () => {
    const world = createHandOverWorld(program, { stdout: createBlockedOutput() });
    const ended = assert.rejects(world.run(napOf(2 * minuteMs)), Replaced);
    await world.untilWaiting();
    await world.clock.advance(999);
    assert.deepEqual(world.became, []);
    await world.clock.advance(1);
    assert.equal(world.became.length, 1);
    await ended;
  });

  it("waits for no more than the last lines", async () => {
    const world = createHandOverWorld(program);
    await world.becomes(napOf(2 * minuteMs));
    assert.equal(world.clock.nowMs(), 0);
  });

  it("ends with a signal that comes while the last lines go", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const world = createHandOverWorld(program, { stdout: createBlockedOutput(), signal });
    const ended = assert.rejects(world.run(napOf(2 * minuteMs)), /told to end/);
    await world.untilWaiting();
    controller.abort(new Error("told to end"));
    await ended;
    assert.deepEqual([world.became, world.clock.pendingCount()], [[], 0]);
  });

  for (const isRead of [true, false])
    it(`ends with a signal that came before, while ${isRead ? "somebody" : "nobody"} reads the lines`, async () => {
      const controller = new AbortController();
      const stdout = isRead ? {} : { stdout: createBlockedOutput() };
      const world = createHandOverWorld(program, { ...stdout, signal: controller.signal });
      const napThenAbort = () => {
        controller.abort(new Error("told to end"));
        return napOf(2 * minuteMs);
      };
      await assert.rejects(world.run(napThenAbort), /told to end/);
      assert.deepEqual([world.became, world.clock.pendingCount()], [[], 0]);
    });
});
