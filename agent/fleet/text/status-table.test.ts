import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgedNode } from "../../testing/fleet-world.ts";
import { releaseStatus, statusReport, statusTime } from "../../testing/status-world.ts";
import type { JudgedNode } from "../fleet-judgement.ts";
import { askedPlainly } from "../status-asked.ts";
import type { Leftover, StatusReport } from "../status-report.ts";
import { statusTableFrom } from "./status-table.ts";

const now = new Date(statusTime);
const linesOf = (report: StatusReport, width?: number) => statusTableFrom(report, width, now).split("\n");
const revision = "1-0123456789ab";
const done = { revision, present: 3, entries: 3, finishedAt: "2026-11-23T02:17:00Z" };
const failing: Partial<JudgedNode> = {
  ...done,
  state: "failed",
  present: 1,
  failed: [
    { image: "registry.example.com/x:1", reason: "not_found" },
    { image: "y:2", reason: "no_space", required: false },
  ],
};
const head =
  "release default/a, DaemonSet a-prefetcher: image-prefetcher.stackrox.io/a for revision 1-0123456789ab, mode once";
const leftover: Leftover = {
  node: "n9",
  instance: "old",
  key: "image-prefetcher.stackrox.io/old",
  label: "succeeded",
  owner: "default/a",
  kind: "former-instance",
};

/** The lines of the table that begins with that column, without its head. */
function rowsOf(lines: readonly string[], column: string): readonly string[] {
  const start = lines.findIndex((line) => line.startsWith(`${column} `)) + 1;
  return lines.slice(start, lines.indexOf("", start));
}

describe("statusTableFrom()", () => {
  it("has a row for each of up to 20 nodes, failures first, and the failures by reason", () => {
    const nodes = [
      judgedNode("n1", done),
      judgedNode("n2", failing),
      judgedNode("n3", { state: "working", isReady: false, why: "pulling" }),
    ];
    assert.deepEqual(linesOf(statusReport([releaseStatus(nodes)])), [
      head,
      "",
      "3 nodes with a pod",
      "  1 succeeded",
      "  1 failed",
      "  1 not Ready and left out",
      "",
      "NODE  STATE               REVISION        PRESENT  AGE  WHY",
      "n2    failed              1-0123456789ab  1/3      3m   registry.example.com/x:1: not_found; y:2: no_space (optional)",
      "n3    working, not Ready                                pulling",
      "n1    succeeded           1-0123456789ab  3/3      3m",
      "",
      "REASON     ON      IMAGES",
      "not_found  1 node  registry.example.com/x:1",
      "no_space   1 node  y:2 (optional)",
      "",
      "PROBLEM  1 of 2 nodes does not say `succeeded`: 50 % do, and 100 % have to",
      "NOTE     1 node is not Ready and left out: n3",
      "",
      "1 of 2 nodes (50 %) say `succeeded`; 100 % have to. 1 problem.",
      "",
    ]);
  });

  it("is short where all is well", () =>
    assert.deepEqual(linesOf(statusReport([releaseStatus([judgedNode("n1", done)])])).slice(4), [
      "",
      "NODE  STATE      REVISION        PRESENT  AGE  WHY",
      "n1    succeeded  1-0123456789ab  3/3      3m",
      "",
      "1 of 1 node (100 %) say `succeeded`; 100 % have to. Nothing is wrong.",
      "",
    ]));

  describe("of more than 20 nodes", () => {
    const many = (count: number, fields: (index: number) => Partial<JudgedNode>) =>
      Array.from({ length: count }, (_, index) =>
        judgedNode(`n${String(index).padStart(3, "0")}`, fields(index)),
      );
    const rowsFor = (nodes: readonly JudgedNode[]) =>
      rowsOf(linesOf(statusReport([releaseStatus(nodes)])), "NODE");

    it("has one row for such as are alike, with their least and greatest age", () => {
      const nodes = [
        ...many(21, (index) => ({ ...done, finishedAt: `2026-11-23T02:${index === 4 ? 10 : 17}:00Z` })),
        judgedNode("x", failing),
        judgedNode("y", failing),
      ];
      assert.deepEqual(
        rowsFor(nodes).map((row) => row.split(/ {2,}/)),
        [
          [
            "2 nodes: x, y",
            "failed",
            revision,
            "1/3",
            "3m",
            "registry.example.com/x:1: not_found; y:2: no_space (optional)",
          ],
          ["21 nodes: n000, n001, n002 and 18 more", "succeeded", revision, "3/3", "3m to 10m"],
        ],
      );
    });

    for (const [what, fields] of [
      ["state", { state: "outdated" }],
      ["revision", { revision: "1-f" }],
      ["share", { present: 2 }],
      ["readiness", { isReady: false }],
      ["reason", { why: "x" }],
      ["failures", { moreFailed: 1 }],
    ] as const) {
      it(`has two rows where the ${what} is another`, () =>
        assert.equal(rowsFor(many(21, (index) => ({ ...done, ...(index === 0 ? fields : {}) }))).length, 2));
    }

    it("has 50 rows at most, and counts the others", () => {
      const rows = rowsFor(many(52, (index) => ({ why: String(index) })));
      assert.deepEqual([rows.length, rows.at(-1)], [51, "and 2 more"]);
      assert.equal(rowsFor(many(50, (index) => ({ why: String(index) }))).length, 50);
    });
  });

  it("says on how many nodes each reason is, the most first, and the first images", () => {
    const of = (reason: string, ...images: readonly string[]) => ({
      state: "failed" as const,
      failed: images.map((image) => ({ image, reason })),
    });
    const nodes = [
      judgedNode("n1", of("no_space", "z")),
      judgedNode("n2", of("not_found", "a", "b")),
      judgedNode("n3", of("not_found", "b", "c", "d", "e")),
    ];
    assert.deepEqual(rowsOf(linesOf(statusReport([releaseStatus(nodes)])), "REASON"), [
      "not_found  2 nodes  a, b, c and 2 more",
      "no_space   1 node   z",
    ]);
  });

  it("has what is left of others, and what to do about it", () => {
    const report = statusReport([releaseStatus([judgedNode("n1")])], {
      leftovers: [leftover, { node: "n8", instance: "b", key: "k", kind: "unowned" }],
      notes: ["remove it"],
    });
    assert.deepEqual(linesOf(report).slice(-9), [
      "",
      "LEFT ON  INSTANCE  LABEL      OWNER      KIND",
      "n9       old       succeeded  default/a  former-instance",
      "n8       b                               unowned",
      "",
      "NOTE  remove it",
      "",
      "1 release, none with problems; 2 marks are left of others.",
      "",
    ]);
  });

  it("brings leftovers on more than 20 nodes together", () => {
    const leftovers = Array.from({ length: 21 }, (_, index) => ({ ...leftover, node: `n${index}` }));
    assert.deepEqual(rowsOf(linesOf(statusReport([], { leftovers })), "LEFT ON"), [
      "21 nodes: n0, n1, n2 and 18 more  old       succeeded  default/a  former-instance",
    ]);
  });

  it("says how several releases stand altogether", () => {
    const well = releaseStatus([judgedNode("n1")]);
    const wrong = releaseStatus([judgedNode("n1", failing)], { release: "b" });
    const lines = linesOf(statusReport([well, wrong], { leftovers: [leftover] }));
    assert.equal(lines.filter((line) => line.startsWith("release default/")).length, 2);
    assert.equal(lines.at(-2), "2 releases, 1 with problems; 1 mark is left of others.");
  });

  it("says where it has found no release", () => {
    const asked = { ...askedPlainly, namespace: "ns" };
    assert.equal(
      statusTableFrom(statusReport([]), undefined, now, asked),
      "there is no release of this chart in namespace ns; --all-namespaces looks everywhere\n",
    );
    assert.equal(
      statusTableFrom(statusReport([]), undefined, now),
      "there is no release of this chart in any namespace\n",
    );
    assert.equal(
      linesOf(statusReport([], { leftovers: [leftover] })).at(-2),
      "0 releases, none with problems; 1 mark is left of others.",
    );
  });

  it("has nothing in it that a terminal obeys, whoever wrote it", () => {
    const esc = "\u001b]0;x\u0007";
    const failed = [{ image: `i\n${esc}`, reason: `r${esc}` }];
    const node = judgedNode(`n${esc}`, { state: "failed", failed, revision: esc, why: `${esc}\u202e` });
    const release = releaseStatus([node], { daemonSet: esc });
    const strange = { ...leftover, node: esc, instance: esc, label: esc, owner: esc };
    const report = statusReport([release], { leftovers: [strange], notes: [esc] });
    for (const width of [undefined, 80])
      assert.doesNotMatch(statusTableFrom(report, width, now), /[^\P{Cc}\n]|\p{Cf}/u);
  });
});
