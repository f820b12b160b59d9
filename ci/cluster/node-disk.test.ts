import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkDisk } from "./node-disk.ts";

describe("checkDisk()", () => {
  it("lets a node have no disk of its own, or one with or without kubelet's default thresholds", () => {
    for (const options of [
      {},
      { diskMiB: 0 },
      { diskMiB: 64 },
      { diskMiB: 64, kubeletDefaultsForDisk: true },
    ])
      checkDisk(options);
  });

  it("refuses a size that is no disk's", () => {
    for (const diskMiB of [-1, 63, 64.5, Number.NaN])
      assert.throws(
        () => checkDisk({ diskMiB }),
        /^Error: a node's disk takes a whole number of MiB from 64 on/,
      );
  });

  it("refuses kubelet's default thresholds on the machine's own disk", () => {
    assert.throws(() => checkDisk({ kubeletDefaultsForDisk: true }), /with a disk of its own/);
  });
});
