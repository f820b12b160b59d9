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
        row["bytes on the link"],
        row.requests,
        row["PullImage calls"],
        row["CPU s"],
        row["peak MiB"],
      ],
      ["3", "1.001", "1.050", "20", "4", "0.50", "80"],
    );
  });

  it("compares each contender with the agent, and the agent with nobody", () => {
    const result = exampleResult("link-bound", { agent: [4, 4, 4, 4, 4], "pool 1": [8, 8, 8, 8, 8] });
    assert.equal(rowOf(result, "pool 1")["agent's time over its"], "0.50 (0.50 to 0.50 at 96 %)");
    assert.equal(rowOf(result, "agent")["agent's time over its"], "");
  });

  it("compares the rounds alone in which both have run", () => {
    const result = exampleResult("link-bound", { agent: [40, 4, 4] });
    const rival = [2, 3].map((round) => exampleRun({ contender: "pool 1", round, seconds: 8 }));
    const scenario = { ...result.scenario, contenders: ["agent", "pool 1", "kubelet"] };
    const kubelet = exampleRun({ contender: "kubelet", round: 4 });
    const three = { ...result, scenario, runs: [...result.runs, ...rival, kubelet] };
    assert.equal(rowOf(three, "pool 1")["agent's time over its"], "0.50 (0.50 to 0.50 at 66 %)");
    assert.equal(rowOf(three, "kubelet")["agent's time over its"], "");
  });

  it("compares what the pulling alone took beside it", () => {
    const result = exampleResult("link-bound", { agent: [4], "pool 1": [8] });
    const runs = result.runs.map((run) => ({ ...run, pullingSeconds: run.contender === "agent" ? 3 : 4 }));
    const row = rowOf({ ...result, runs }, "pool 1");
    assert.deepEqual(
      [row["pulling alone, over B"], row["agent's over its, pulling alone"]],
      ["1.00", "0.75 (too few runs for an interval)"],
    );
    const unknown = rowOf(
      { ...result, runs: runs.map((run) => ({ ...run, pullingSeconds: undefined })) },
      "pool 1",
    );
    assert.deepEqual(
      [unknown["pulling alone, over B"], unknown["agent's over its, pulling alone"]],
      ["-", ""],
    );
  });

  it("says in its title who was faster than what bounds it", () => {
    const { title } = transferTable(exampleResult("unpack-bound", { agent: [3.9, 5], "pool 1": [6] }));
    assert.ok(title.endsWith(": B 4.00 s, and no bound here: runs of agent were faster"), title);
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
