import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { FleetState } from "../fleet/fleet-state.ts";
import { statusSettings } from "../status-flags.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { textIn } from "../testing/page-parts.ts";
import { fleetState, markedNode, releaseState } from "../testing/status-world.ts";
import { type Fleet, showStatus } from "./show-status.ts";

const settings = { ...statusSettings({ "min-percent": 100 }), namespace: "ns", output: "table" as const };
const well = fleetState([markedNode("n1", { a: "default/a" })], [releaseState("a", ["n1"])]);
const working = fleetState([markedNode("n1")], [releaseState("a", ["n1"])]);

/** What it comes to with a fleet that changes as `next` says, and what it writes. */
function run(changed: Partial<typeof settings>, first: FleetState) {
  const clock = createFakeClock();
  const stop = new AbortController();
  const stdout = new PassThrough({ encoding: "utf8" });
  const stderr = new PassThrough({ encoding: "utf8" });
  let next = Promise.withResolvers<FleetState>();
  const fleet: Fleet = {
    program: "kubectl prefetcher",
    namespace: "context",
    clock,
    readFleet: async () => first,
    followFleet: async function* (_, signal) {
      signal.addEventListener("abort", () => next.reject(signal.reason));
      yield first;
      for (;;) {
        const state = await next.promise;
        next = Promise.withResolvers();
        yield state;
      }
    },
  };
  const streams = { stdout, stderr } as unknown as Parameters<typeof showStatus>[1];
  // As main.ts has it.
  stdout.on("error", () => {});
  const ended = showStatus({ ...settings, ...changed }, streams, fleet, stop.signal);
  const change = async (state: FleetState) => {
    next.resolve(state);
    await setImmediate();
  };
  return { clock, stop, stdout, stderr, ended, change, textOf: (stream: PassThrough) => stream.read() ?? "" };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "show-status-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("showStatus() whose reader has gone", () => {
  it("ends with 0 where it watches", { timeout: 5_000 }, async () => {
    const { stdout, ended, clock } = run({ watches: true }, working);
    await setImmediate();
    stdout.emit("error", new Error("EPIPE"));
    assert.equal(await ended, 0);
    assert.equal(clock.pendingCount(), 0);
  });

  it("goes on where it waits, since its exit code is what is wanted", async () => {
    const { stdout, ended, change } = run({ waits: true }, working);
    await setImmediate();
    stdout.emit("error", new Error("EPIPE"));
    await setImmediate();
    await change(well);
    assert.equal(await ended, 0);
  });

  it("ends with 1 where it waits in vain", async () => {
    const { stdout, ended, clock } = run({ waits: true }, working);
    await setImmediate();
    stdout.emit("error", new Error("EPIPE"));
    assert.equal(await clock.finish(ended), 1);
  });
});

describe("showStatus()", () => {
  it("has its display until it ends, and not longer", async () => {
    const { stdout, stop, ended } = run({ watches: true }, working);
    await setImmediate();
    assert.equal(stdout.listenerCount("drain"), 1);
    stop.abort(new Error("interrupted"));
    assert.equal(await ended, 0);
    assert.equal(stdout.listenerCount("drain"), 0);
  });

  it("says where it has looked in vain, in the table and on the page", () =>
    inFolder(async (folder) => {
      const html = join(folder, "x.html");
      const none = /there is no release of this chart in namespace ns; --all-namespaces looks everywhere/;
      const { ended, stdout, textOf } = run({ html }, fleetState([], []));
      assert.equal(await ended, 0);
      assert.match(textOf(stdout), none);
      assert.match(textIn(await readFile(html, "utf8")), none);
    }));

  it("has the page say the program's name and what was asked", () =>
    inFolder(async (folder) => {
      const html = join(folder, "x.html");
      const { ended } = run(
        { html, context: "c", kubeconfig: "k", revision: "1-ffffffffffff", includesNotReady: true },
        well,
      );
      assert.equal(await ended, 0);
      const page = textIn(await readFile(html, "utf8"));
      assert.match(
        page,
        /Look again: kubectl prefetcher status --context=c --kubeconfig=k .*--revision=1-f{12} --include-not-ready/,
      );
    }));

  it("ends with 2 where the page cannot be written", async () => {
    const { ended, clock, stderr, textOf } = run({ watches: true, html: "/none/x.html" }, well);
    assert.equal(await clock.finish(ended), 2);
    assert.match(textOf(stderr), /^error: \/none\/x\.html cannot be written: ENOENT[^\n]*\n$/);
  });

  it("watches on where the page cannot be written any more, and says so once", () =>
    inFolder(async (folder) => {
      const inner = join(folder, "inner");
      await mkdir(inner);
      const { ended, clock, stderr, stop, textOf } = run({ watches: true, html: join(inner, "x") }, well);
      await clock.advance(0);
      await rm(inner, { recursive: true });
      await clock.advance(200_000);
      assert.match(
        textOf(stderr),
        /^warning: \S+\/inner\/x cannot be written: ENOENT[^\n]*; what is there is older\n$/,
      );
      stop.abort(new Error("interrupted"));
      assert.equal(await ended, 0);
      assert.equal(clock.pendingCount(), 0);
    }));
});
