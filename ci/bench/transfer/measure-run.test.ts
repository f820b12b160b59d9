import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measureRun, type RunContext, uniqueBlobs, uniqueBytes } from "./measure-run.ts";
import type { Contender, PushedBenchImage } from "./transfer-types.ts";

const base = { digest: "sha256:base", bytes: 800 };
const imageNamed = (name: string): PushedBenchImage => ({
  name,
  reference: `registry/${name}:1`,
  blobs: [base, { digest: `sha256:${name}`, bytes: 100 }],
});
const images = ["one", "two"].map(imageNamed);
const planned = { contender: "agent", round: 3 };

/** A lab where images are there at these times, and what it was asked, in order. */
function fakeLab(thereAtMs: ReadonlyMap<string, number>, bodyBytes: number) {
  const asked: string[] = [];
  const ask = <T>(what: string, answer: T) => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const isAllThere = thereAtMs.size === images.length;
  const lab: RunContext["lab"] = {
    removeAll: () => ask("removeAll", undefined),
    clearCounts: () => ask("clearCounts", undefined),
    counts: () =>
      ask("counts", { requests: 7, bodyBytes, pullImageCalls: 2, firstPullAtMs: 1_500, linkBytes: 1_600 }),
    watchImages: () =>
      ask("watchImages", {
        thereAtMs,
        allThere: () => (isAllThere ? ask("allThere", undefined) : Promise.reject(new Error("not there"))),
        [Symbol.asyncDispose]: () => ask("no more watching", undefined),
      }),
  };
  return { lab, asked };
}

function contenderIn(asked: string[]): Contender {
  const run = async () => {
    asked.push("run");
    return { startedAtMs: 1_000, cpuSeconds: 0.5, peakRssMiB: 80 };
  };
  return { name: "agent", about: "", run };
}

const bothThere = new Map([
  ["registry/one:1", 2_000],
  ["registry/two:1", 5_000],
]);
const contextOf = (lab: RunContext["lab"], signal = new AbortController().signal): RunContext => ({
  lab,
  scenario: "link-bound",
  images,
  signal,
});

describe("measureRun()", () => {
  it("empties the node and the counts, watches, runs, and counts once all is there", async () => {
    const { lab, asked } = fakeLab(bothThere, 1_000);
    await measureRun(contextOf(lab), contenderIn(asked), planned);
    assert.deepEqual(asked, [
      "removeAll",
      "clearCounts",
      "watchImages",
      "run",
      "allThere",
      "counts",
      "no more watching",
    ]);
  });

  it("measures from the contender's start and from its first call, and counts a shared blob's bytes once", async () => {
    const { lab, asked } = fakeLab(bothThere, 1_500);
    assert.deepEqual(await measureRun(contextOf(lab), contenderIn(asked), planned), {
      scenario: "link-bound",
      contender: "agent",
      round: 3,
      seconds: 4,
      meanSeconds: 2.5,
      pullingSeconds: 3.5,
      bytesRatio: 1.5,
      linkRatio: 1.6,
      requests: 7,
      pullImageCalls: 2,
      cpuSeconds: 0.5,
      peakRssMiB: 80,
    });
  });

  it("refuses a run in which the node had something before", async () => {
    const { lab, asked } = fakeLab(bothThere, 990);
    await assert.rejects(
      measureRun(contextOf(lab), contenderIn(asked), planned),
      /agent: the node downloaded 99\.0 %/,
    );
  });

  it("refuses a run that ended without an image, names it, and watches no more", async () => {
    const { lab, asked } = fakeLab(new Map([["registry/one:1", 2_000]]), 1_000);
    const failing = measureRun(contextOf(lab), contenderIn(asked), planned);
    await assert.rejects(failing, /^Error: link-bound, agent: ended without two$/);
    assert.equal(asked.at(-1), "no more watching");
  });

  it("ends with the signal's reason where that is what ended it", async () => {
    const { lab, asked } = fakeLab(new Map(), 1_000);
    const signal = AbortSignal.abort(new Error("ended by SIGINT"));
    await assert.rejects(measureRun(contextOf(lab, signal), contenderIn(asked), planned), /ended by SIGINT/);
  });
});

describe("uniqueBytes() and uniqueBlobs()", () => {
  it("count what several images have once", () =>
    assert.deepEqual([uniqueBytes(images), uniqueBlobs(images)], [1_000, 3]));
});
