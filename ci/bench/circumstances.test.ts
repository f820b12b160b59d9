import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { circumstances } from "./circumstances.ts";
import { reportFrom, reportText } from "./report.ts";

describe("circumstances()", () => {
  it("names the commit, the machine and what is measured, as a report has them", async () => {
    const found = await circumstances();
    const options = { isQuick: false, repeats: null, only: null, seed: 1 };
    const report = reportFrom(reportText({ ...found, minutes: 0, options, sections: [] }));
    assert.match(report.commit, /^[0-9a-f]{40}$/);
    assert.ok(report.machine.cores > 0 && report.machine.memoryMiB > 0 && report.machine.kernel !== "");
    assert.deepEqual(Object.keys(report.versions), ["agent", "node", "containerd", "kubernetes", "registry"]);
    assert.match(report.versions.containerd ?? "", /^v2\.\d+\.\d+$/);
    assert.equal(new Date(report.date).toISOString(), report.date);
  });
});
