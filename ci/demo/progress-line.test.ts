import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { progressLine } from "./progress-line.ts";

describe("progressLine()", () => {
  const node = {
    name: "node1",
    label: undefined,
    record: {},
    container: "waiting",
    isPodReady: false,
  } as const;

  it("says that a node waits for its pod", () => {
    assert.equal(progressLine(node), "  node1  its pod is starting");
  });
  it("names the list that is being pulled", () => {
    const line = progressLine({ ...node, container: "running", record: { revision: "1-0123456789ab" } });
    assert.equal(line, "  node1  pulling list 1-0123456789ab");
  });
  it("says the verdict with its counts", () => {
    const line = progressLine({
      ...node,
      container: "ended",
      label: "failed",
      record: { entries: 3, present: 2 },
    });
    assert.equal(line, "  node1  failed: 2 of 3 images are there");
  });
});
