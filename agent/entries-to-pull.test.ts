import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesToPull, missingRequired } from "./entries-to-pull.ts";
import { type Entry, entriesFromLines } from "./image-list.ts";
import type { Look } from "./look.ts";
import { failedWith, storedImage } from "./testing/fake-image-service.ts";

const platform = "linux/amd64";
const keyOf = (image: string) => `docker.io/library/${image}:latest`;
const linesIn = (entries: readonly Entry[]) => entries.map(({ line }) => line);

/** A look that found these references; the runtime could not say whether those in `unknown` are there. */
function lookAt(present: readonly string[], unknown: readonly string[] = []): Look {
  return {
    startedAtMs: 0,
    answerFor: ({ imageReference }) => {
      if (unknown.includes(imageReference)) return failedWith("internal");
      return present.includes(imageReference)
        ? { kind: "present", image: storedImage(imageReference) }
        : { kind: "absent" };
    },
  };
}

function toPull(lines: readonly string[], look: Look, confirmed?: readonly string[]) {
  const { required, optional } = entriesToPull(
    {
      entries: entriesFromLines(lines),
      platform,
      pullPolicy: confirmed === undefined ? "IfNotPresent" : "Always",
      confirmed: new Set(confirmed),
    },
    look,
  );
  return { required: linesIn(required), optional: linesIn(optional) };
}

describe("entriesToPull()", () => {
  it("has what is not there, required and optional apart, in the list's order", () => {
    const lines = ["d", "a required=false", "c", "b required=false", "e"];
    assert.deepEqual(toPull(lines, lookAt(["e"])), {
      required: ["d", "c"],
      optional: ["a required=false", "b required=false"],
    });
  });

  it("has what the runtime cannot say is there", () => {
    assert.deepEqual(toPull(["a"], lookAt(["a"], ["a"])).required, ["a"]);
  });

  it("leaves out what is for other platforms, and what is no reference", () => {
    const lines = ["a platforms=linux/arm64", "b platforms=linux/amd64", "Not A Reference"];
    assert.deepEqual(toPull(lines, lookAt([])), { required: ["b platforms=linux/amd64"], optional: [] });
  });

  it("has under Always what no registry has confirmed, and what is gone again", () => {
    const confirmed = [keyOf("a"), keyOf("b")];
    assert.deepEqual(toPull(["a", "b", "c"], lookAt(["a", "c"]), confirmed).required, ["b", "c"]);
    assert.deepEqual(toPull(["a", "b", "c"], lookAt(["a", "c"])).required, ["b"]);
  });

  it("has an image once that several lines name, by the first of those that require it", () => {
    const same = "docker.io/library/a:latest";
    const first = { required: [same], optional: [] };
    assert.deepEqual(toPull(["a required=false", same], lookAt([])), first);
    assert.deepEqual(toPull([same, "a"], lookAt([])), first);
    assert.deepEqual(toPull([same, "a required=false"], lookAt([])), first);
    assert.deepEqual(toPull(["a required=false", `${same} required=false`], lookAt([])), {
      required: [],
      optional: ["a required=false"],
    });
  });

  it("takes a requirement for other platforms for none", () => {
    const lines = ["a required=false", "docker.io/library/a:latest platforms=linux/arm64"];
    assert.deepEqual(toPull(lines, lookAt([])), { required: [], optional: ["a required=false"] });
  });
});

describe("missingRequired()", () => {
  const missing = (lines: readonly string[], look: Look) =>
    linesIn(missingRequired({ entries: entriesFromLines(lines), platform }, look));

  it("has each required line for this platform whose image is not there, or not known to be", () => {
    const lines = ["a", "docker.io/library/a", "b", "c", "d required=false", "e platforms=linux/arm64"];
    assert.deepEqual(missing(lines, lookAt(["c"], ["b"])), ["a", "docker.io/library/a", "b"]);
  });

  it("has a line that is no reference: no label may say that it is there", () => {
    assert.deepEqual(missing(["a", "Not A Reference"], lookAt(["a"])), ["Not A Reference"]);
  });

  it("is empty where all is there", () => assert.deepEqual(missing(["a", "b"], lookAt(["a", "b"])), []));
});
