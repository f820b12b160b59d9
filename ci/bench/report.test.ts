import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Report, reportFrom, reportText } from "./report.ts";

const report: Report = {
  commit: "0123456789abcdef0123456789abcdef01234567",
  isDirty: false,
  date: "2026-11-23T06:00:00.000Z",
  minutes: 4.5,
  machine: { cores: 2, memoryMiB: 24_000, cpuModel: "a processor", kernel: "6.18.5" },
  versions: { node: "24.21.0" },
  options: { isQuick: true, repeats: null, only: null, seed: 1 },
  sections: [
    {
      name: "transfer",
      tables: [
        {
          title: "link-bound",
          rows: [
            ["contender", "runs"],
            ["agent", "2"],
          ],
        },
      ],
      bars: [{ what: "calls", bar: "6", seen: "6", isReached: true, isGate: true }],
      data: { runs: [{ seconds: 1.5, cpuSeconds: undefined }] },
      notes: ["a note"],
    },
  ],
};

/** The report with what stands at the path replaced. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const copy = JSON.parse(reportText(report));
  const last = path.at(-1) ?? "";
  let holder = copy;
  for (const step of path.slice(0, -1)) holder = holder[step];
  holder[last] = value;
  return JSON.stringify(copy);
}

describe("reportText()", () => {
  it("is read again as it was", () =>
    assert.deepEqual(reportFrom(reportText(report)), JSON.parse(JSON.stringify(report))));

  it("ends with a line's end", () => assert.ok(reportText(report).endsWith("}\n")));
});

describe("reportFrom()", () => {
  const wrong: readonly [path: readonly (string | number)[], value: unknown, sentence: RegExp][] = [
    [["commit"], undefined, /the report\.commit is no string/],
    [["isDirty"], "no", /the report\.isDirty is no boolean/],
    [["date"], 5, /the report\.date is no string/],
    [["minutes"], undefined, /the report\.minutes is no number/],
    [["machine", "cores"], null, /the report\.machine\.cores is no number/],
    [["machine"], null, /the report\.machine is no object/],
    [["versions", "node"], 24, /the report\.versions\.node is no string/],
    [["options", "repeats"], "5", /the report\.options\.repeats is no number/],
    [["options", "only"], 5, /the report\.options\.only is no string/],
    [["sections"], {}, /the report\.sections is no list/],
    [["sections", 0, "data"], undefined, /the report\.sections\[0\]\.data is missing/],
    [["sections", 0, "bars", 0, "isGate"], 1, /the report\.sections\[0\]\.bars\[0\]\.isGate is no boolean/],
    [["sections", 0, "tables", 0, "rows", 1], ["agent"], /tables\[0\]\.rows are not equally long/],
  ];
  for (const [path, value, sentence] of wrong) {
    it(`refuses ${path.join(".")} = ${JSON.stringify(value)}`, () => {
      assert.throws(() => reportFrom(changed(path, value)), sentence);
    });
  }

  it("takes options that were given", () => {
    assert.equal(reportFrom(changed(["options", "repeats"], 3)).options.repeats, 3);
    assert.equal(reportFrom(changed(["options", "only"], "fleet")).options.only, "fleet");
  });
});
