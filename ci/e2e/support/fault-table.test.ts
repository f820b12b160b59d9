import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { runCommand } from "../../run-command.ts";
import {
  clearFaults,
  type FaultRecord,
  faultFolder,
  faultTable,
  faultTableOfRun,
  proveFault,
  readFaults,
  recordFault,
} from "./fault-table.ts";

const of503: FaultRecord = { row: 5, fault: "503", expected: "failed", seen: "failed", seconds: 1.26 };

describe("the fault table", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "faults-")), "new");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  it("has one line for each fault, by rows as numbers, and the latest record of each", () => {
    recordFault({ ...of503, row: 10 }, folder);
    recordFault({ ...of503, seen: "nothing" }, folder);
    recordFault({ ...of503, fault: "500" }, folder);
    recordFault(of503, folder);
    const table = faultTable(readFaults(folder), { commit: "abc1234", day: "2026-11-22" });
    assert.equal(
      table,
      `Faults injected into real parts, commit abc1234, 2026-11-22

| row | fault | expected | seen | s |
| --- | --- | --- | --- | --- |
| 5 | 500 | failed | failed | 1.3 |
| 5 | 503 | failed | failed | 1.3 |
| 10 | 503 | failed | failed | 1.3 |`,
    );
  });

  it("keeps each record on one line, whatever is in it", () => {
    const seen = `a | b\n${"c".repeat(400)}`;
    const lines = faultTable([{ ...of503, seen }], { commit: "", day: "" }).split("\n");
    assert.equal(lines.length, 5);
    assert.match(lines.at(-1) ?? "", /\| a \\\| b c+… \| 1\.3 \|$/);
  });

  it("takes the records of many processes at once", async () => {
    const module = new URL("fault-table.ts", import.meta.url).href;
    const one = (row: number) =>
      `import("${module}").then(({ recordFault }) => { for (let i = 0; i < 50; i++)
         recordFault({ row: ${row}, fault: "f" + i, expected: "e".repeat(200), seen: "", seconds: 0 }); })`;
    const env = { ...process.env, PREFETCHER_FAULT_TABLE: folder };
    await Promise.all([1, 2].map((row) => runCommand(process.execPath, ["--eval", one(row)], { env })));
    assert.equal(readFaults(folder).length, 100);
  });

  it("says what a proof has seen, or how it failed", async () => {
    const row = { row: 1, fault: "restart", expected: "succeeded" };
    await proveFault(row, async () => "succeeded", folder);
    await assert.rejects(
      proveFault({ ...row, row: 2 }, () => Promise.reject(new Error("no label")), folder),
      /^Error: no label$/,
    );
    const [first, second] = readFaults(folder);
    assert.deepEqual([first?.seen, second?.seen], ["succeeded", "FAILED: no label"]);
    assert.ok((first?.seconds ?? -1) >= 0);
  });

  it("is of this commit and day, and there is none of a run without faults", async () => {
    assert.equal(await faultTableOfRun(folder), undefined);
    recordFault(of503, folder);
    assert.match((await faultTableOfRun(folder)) ?? "", /, commit \S+, \d{4}-\d\d-\d\d\n/);
    clearFaults(folder);
    assert.equal(await faultTableOfRun(folder), undefined);
    clearFaults(folder);
  });

  it("lies where the environment says", () => {
    const before = process.env.PREFETCHER_FAULT_TABLE;
    try {
      process.env.PREFETCHER_FAULT_TABLE = folder;
      assert.equal(faultFolder(), folder);
      delete process.env.PREFETCHER_FAULT_TABLE;
      assert.match(faultFolder(), /\/reports\/faults$/);
    } finally {
      if (before !== undefined) process.env.PREFETCHER_FAULT_TABLE = before;
    }
  });
});
