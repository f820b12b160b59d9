import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { askedPlainly } from "../fleet/status-asked.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { judgedNode } from "../testing/fleet-world.ts";
import { releaseStatus, statusReport } from "../testing/status-world.ts";
import { createStatusDisplay } from "./status-display.ts";

const reportOf = (done: number, fields = {}) =>
  statusReport(
    [
      releaseStatus(
        ["n0", "n1", "n2"].map((name, index) =>
          judgedNode(name, index < done ? { finishedAt: "2026-11-23T02:19:50Z" } : { state: "working" }),
        ),
      ),
    ],
    fields,
  );

/** A display of that kind, and what its stdout has got; the reader pauses and goes on as told. */
function open({ isTTY = false, output = "table" as "table" | "json", env = {} } = {}) {
  const clock = createFakeClock();
  const texts: string[] = [];
  const stdout = Object.assign(new EventEmitter(), {
    isTTY,
    columns: 80,
    rows: 24,
    writableNeedDrain: false,
    write: (text: string) => texts.push(text),
  });
  const signals = new EventEmitter();
  const job = {
    pid: 42,
    on: (signal: string, listener: () => void) => signals.on(signal, listener),
    off: (signal: string, listener: () => void) => signals.off(signal, listener),
    kill: (_: number, signal: string) => texts.push(`<${signal}>`),
  };
  const streams = { stdout: stdout as unknown as NodeJS.WriteStream, env, ...job };
  const asked = { watches: true, waits: false, output };
  const display = createStatusDisplay(asked, streams, { asked: askedPlainly, clock });
  const pause = () => {
    stdout.writableNeedDrain = true;
  };
  const goOn = () => {
    stdout.writableNeedDrain = false;
    stdout.emit("drain");
  };
  const listenerCount = () => stdout.listenerCount("drain") + signals.eventNames().length;
  return { clock, display, texts, pause, goOn, listenerCount, get: (name: string) => signals.emit(name) };
}

describe("createStatusDisplay() whose reader pauses", () => {
  it("keeps the newest report, and says then what is other than in the last one that was written", () => {
    const { display, texts, pause, goOn } = open();
    display.show(reportOf(0));
    pause();
    for (const done of [1, 2, 3]) display.show(reportOf(done));
    assert.equal(texts.length, 4);
    goOn();
    assert.deepEqual(
      texts.slice(4, 7).map((line) => line.slice(21)),
      [0, 1, 2].map((index) => `default/a n${index}: working -> succeeded\n`),
    );
    assert.equal(texts.length, 8);
    goOn();
    assert.equal(texts.length, 8);
  });

  it("has one JSON document of all that it passed over", () => {
    const { display, texts, pause, goOn } = open({ output: "json" });
    display.show(reportOf(0));
    pause();
    for (const done of [1, 2, 3]) display.show(reportOf(done));
    goOn();
    assert.deepEqual(
      texts.map((text) => JSON.parse(text)),
      [reportOf(0), reportOf(3)],
    );
  });

  it("shows nothing more once there is to be room for something else, or it is disposed of", () => {
    const { display, texts, pause, goOn, listenerCount } = open();
    pause();
    display.show(reportOf(0));
    display.clear();
    goOn();
    assert.deepEqual(texts, []);
    display[Symbol.dispose]();
    assert.equal(listenerCount(), 0);
  });

  it("does not draw over a picture that has not been taken", async () => {
    const { clock, display, texts, pause } = open({ isTTY: true });
    display.show(reportOf(0));
    pause();
    const before = texts.length;
    await clock.advance(30_000);
    assert.equal(texts.length, before);
    display[Symbol.dispose]();
  });
});

describe("createStatusDisplay() on a terminal", () => {
  it("draws anew each ten seconds, with the time of then and ages that have moved", async () => {
    const { clock, display, texts } = open({ isTTY: true });
    clock.setDate(new Date("2026-11-23T02:20:01Z"));
    display.show(reportOf(3));
    assert.match(texts.join(""), /as of 02:20:00 UTC\n[\s\S]* 10s/);
    texts.length = 0;
    await clock.advance(9_999);
    assert.deepEqual(texts, []);
    await clock.advance(1);
    assert.match(texts.join(""), /as of 02:20:11 UTC[\s\S]* 21s/);
    await clock.advance(10_000);
    assert.match(texts.join(""), /as of 02:20:21 UTC/);
    display[Symbol.dispose]();
    assert.equal(clock.pendingCount(), 0);
  });

  it("stands still where not all changes are heard of", async () => {
    const { clock, display, texts } = open({ isTTY: true });
    clock.setDate(new Date("2026-11-23T02:20:30Z"));
    display.show(reportOf(3, { interruptedSince: "2026-11-23T02:20:00Z" }));
    texts.length = 0;
    await clock.advance(10_000);
    assert.match(texts.join(""), /as of 02:20:00 UTC, 40s ago: not all changes are heard of since/);
    display[Symbol.dispose]();
  });

  it("is left by Ctrl-Z, and drawn anew below once it goes on", () => {
    const { display, texts, get, listenerCount } = open({ isTTY: true });
    display.show(reportOf(0));
    texts.length = 0;
    get("SIGTSTP");
    assert.deepEqual(texts, ["<SIGTSTP>"]);
    get("SIGCONT");
    const drawn = texts.slice(1).join("");
    assert.match(drawn, /0 of 3 {2}default\/a\n/);
    // Of all that moves a cursor or erases.
    assert.ok(!drawn.includes("\u001b[1A") && !drawn.includes("\u001b[2K"), JSON.stringify(drawn));
    display[Symbol.dispose]();
    assert.equal(listenerCount(), 0);
  });

  it("draws no more once there is room for the last table", async () => {
    const { clock, display, texts } = open({ isTTY: true });
    display.show(reportOf(0));
    display.clear();
    texts.length = 0;
    await clock.advance(30_000);
    assert.deepEqual(texts, []);
  });

  it("takes a dumb one for none", () => {
    const { display, texts, clock } = open({ isTTY: true, env: { TERM: "dumb" } });
    display.show(reportOf(0));
    assert.match(
      texts.join(""),
      /^2026-11-23T02:20:00Z default\/a: 0 of 3 nodes [^\n]*\n[^\p{Cc}]+ n0: working\n/u,
    );
    assert.equal(clock.pendingCount(), 0);
  });

  it("has something else written above the picture, and draws it again", () => {
    const { display, texts } = open({ isTTY: true });
    display.show(reportOf(0));
    texts.length = 0;
    display.aside(() => void texts.push("warning\n"));
    assert.match(texts.join(""), /warning\n[\s\S]*0 of 3/);
    display[Symbol.dispose]();
  });
});
