import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exampleResult, exampleRun } from "./example-result.ts";
import { transferTable } from "./transfer-table.ts";

/** The row of a contender, by the table's head. */
function rowOf(
  result: ReturnType<typeof exampleResult>,
  contender: string,
): Record<string, string | undefined> {
  const [head = [], ...rows] = transferTable(result).rows;
  const row = rows.find(([name]) => name === contender) ?? [];
  return Object.fromEntries(head.map((name, index) => [name, row[index]]));
}

describe("transferTable()", () => {
  it("has what bounds the scenario in its title, and the rate that was measured", () =>
    assert.equal(
      transferTable(exampleResult("link-bound", { agent: [4] })).title,
      "link-bound · 4 images, 48.0 MB, 96 Mbit/s measured (shaped to 100 Mbit/s) · L 4.00 s, U 1.00 s, longest chain 2.00 s: B 4.00 s",
    ));

  it("says in its title that a link is not shaped, and how long the registry waits", () => {
    const result = exampleResult("latency-bound", { agent: [4] });
    const scenario = { ...result.scenario, rateMbit: undefined, delayMs: 100 };
    const { title } = transferTable({ ...result, scenario });
    assert.ok(title.includes("96 Mbit/s measured (not shaped), 100 ms a request"), title);
  });

  it("has the median of a contender's times over B, with the least and the greatest", () => {
    const row = rowOf(exampleResult("link-bound", { agent: [8, 4, 5] }), "agent");
    assert.equal(row["time over B"], "1.25 (1.00 to 2.00)");
    assert.equal(row["an image there, over B"], "0.50");
    assert.deepEqual(
      [
        row.runs,
        row["body bytes over unique"],
        row.requests,
        row["PullImage calls"],
        row["CPU s"],
        row["peak MiB"],
      ],
      ["3", "1.001", "20", "4", "0.50", "80"],
    );
  });

  it("compares each contender with the agent, and the agent with nobody", () => {
    const result = exampleResult("link-bound", { agent: [4, 4, 4, 4, 4], "pool 1": [8, 8, 8, 8, 8] });
    assert.equal(rowOf(result, "pool 1")["agent's time over its"], "0.50 (0.50 to 0.50 at 96 %)");
    assert.equal(rowOf(result, "agent")["agent's time over its"], "");
  });

  it("leaves open what a contender cannot tell, and who has not run", () => {
    const result = exampleResult("link-bound", { agent: [4] });
    const kubelet = exampleRun({ contender: "kubelet", cpuSeconds: undefined, peakRssMiB: undefined });
    const scenario = { ...result.scenario, contenders: ["agent", "kubelet", "pool 1"] };
    const both = { ...result, scenario, runs: [...result.runs, kubelet] };
    assert.deepEqual([rowOf(both, "kubelet")["CPU s"], rowOf(both, "kubelet")["peak MiB"]], ["-", "-"]);
    assert.equal(transferTable(both).rows.length, 3);
  });

  it("compares with nobody where the agent has not run", () =>
    assert.equal(
      rowOf(exampleResult("link-bound", { "pool 1": [4] }), "pool 1")["agent's time over its"],
      "",
    ));
});
