import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgedNode } from "../../testing/fleet-world.ts";
import { releaseStatus, statusReport } from "../../testing/status-world.ts";
import type { JudgedNode } from "../fleet-judgement.ts";
import { askedPlainly } from "../status-asked.ts";
import { changeLinesFrom } from "./status-changes.ts";

const time = "2026-11-23T02:20:00Z";
const working = judgedNode("n1", { state: "working", why: "pulling", present: 0, entries: 3 });
const done = judgedNode("n1", { present: 3, entries: 3 });
const other = judgedNode("n2", { state: "working" });
const of = (...nodes: JudgedNode[]) => statusReport([releaseStatus(nodes)]);
const half = `${time} default/a: 1 of 2 nodes (50 %) say \`succeeded\`; 100 % have to. 1 problem.`;

describe("changeLinesFrom()", () => {
  it("says of a first report how each release stands", () =>
    assert.deepEqual(changeLinesFrom(undefined, of(done, other)), [half]));

  it("has a line for each node whose state has changed, and how it stands now", () =>
    assert.deepEqual(changeLinesFrom(of(working, other), of(done, other)), [
      `${time} default/a n1: working -> succeeded (3/3)`,
      half,
    ]));

  it("has none where nothing has changed that it would say", () => {
    assert.deepEqual(changeLinesFrom(of(done, other), of(done, other)), []);
    const later = judgedNode("n1", { ...done, finishedAt: time });
    assert.deepEqual(changeLinesFrom(of(done, other), of(later, other)), []);
  });

  it("says why a node is where it was", () => {
    const waiting = judgedNode("n1", { ...working, why: "ImagePullBackOff: no" });
    assert.deepEqual(changeLinesFrom(of(working), of(waiting)), [
      `${time} default/a n1: working (0/3): ImagePullBackOff: no`,
    ]);
  });

  it("says what failed", () => {
    const failed = [{ image: "x:1", reason: "not_found" }];
    const [line] = changeLinesFrom(of(working), of(judgedNode("n1", { state: "failed", failed })));
    assert.equal(line, `${time} default/a n1: working -> failed: x:1: not_found`);
  });

  it("says that a node is no longer Ready", () => {
    const [line] = changeLinesFrom(of(done, other), of({ ...done, isReady: false }, other));
    assert.equal(line, `${time} default/a n1: succeeded -> succeeded, not Ready (3/3)`);
  });

  it("says which nodes are new, and which have no pod any more", () => {
    assert.deepEqual(changeLinesFrom(of(done), of(done, other))[0], `${time} default/a n2: new, working`);
    assert.deepEqual(changeLinesFrom(of(done, other), of(done))[0], `${time} default/a n2: no pod any more`);
  });

  it("says which releases are new, and which are gone", () => {
    const [first] = of(done).releases;
    assert.ok(first);
    const second = { ...first, daemonSet: "b", release: "b" };
    assert.deepEqual(changeLinesFrom(of(done), statusReport([second])), [
      `${time} default/a: gone`,
      `${time} default/b (a): 1 of 1 node (100 %) say \`succeeded\`; 100 % have to. Nothing is wrong.`,
    ]);
    const elsewhere = statusReport([{ ...first, namespace: "ns" }]);
    assert.match(changeLinesFrom(of(done), elsewhere).join("\n"), /default\/a: gone\n.* ns\/a: 1 of 1/);
  });

  it("says what changes are not heard of for, and that they are again", () => {
    const noted = statusReport([], { notes: ["cannot watch"] });
    assert.deepEqual(changeLinesFrom(undefined, noted).slice(1), [`${time} note: cannot watch`]);
    assert.deepEqual(changeLinesFrom(noted, noted), []);
    assert.deepEqual(changeLinesFrom(noted, statusReport([])), [`${time} no longer: cannot watch`]);
  });

  it("says where it has found no release, once", () => {
    const none = statusReport([]);
    const asked = { ...askedPlainly, namespace: "ns" };
    const said = `${time} there is no release of this chart in namespace ns; --all-namespaces looks everywhere`;
    assert.deepEqual(changeLinesFrom(undefined, none, asked), [said]);
    assert.deepEqual(changeLinesFrom(none, none, asked), []);
  });

  describe("of more than 20 nodes that change alike", () => {
    const many = (count: number, fields: Partial<JudgedNode>) =>
      Array.from({ length: count }, (_, index) => judgedNode(`m${String(index).padStart(4, "0")}`, fields));
    const wait = { state: "working" } as const;
    const nodeLinesOf = (before: readonly JudgedNode[], after: readonly JudgedNode[]) =>
      changeLinesFrom(of(...before, other), of(...after, other))
        .filter((line) => line.includes("default/a m"))
        .map((line) => line.slice(`${time} default/a `.length));

    it("has one line, and of others one each", () => {
      const failed = { ...wait, why: "no" };
      const before = [...many(21, wait), judgedNode("mx", wait), judgedNode("my", wait)];
      const after = [...many(21, {}), judgedNode("mx", failed), judgedNode("my", failed)];
      assert.deepEqual(nodeLinesOf(before, after).sort(), [
        "m0000, m0001, m0002 and 18 more: working -> succeeded",
        "mx: working: no",
        "my: working: no",
      ]);
    });

    it("has a line for each of 20", () => assert.equal(nodeLinesOf(many(20, wait), many(20, {})).length, 20));

    it("has one line for new ones, and for such as have no pod any more", () => {
      assert.deepEqual(nodeLinesOf([], many(5_000, wait)), [
        "m0000, m0001, m0002 and 4,997 more: new, working",
      ]);
      assert.match(nodeLinesOf(many(21, wait), [])[0] ?? "", /^m0000, .* and 18 more: no pod any more$/);
    });
  });

  it("has nothing in it that a terminal obeys, and each line is one", () => {
    const hostile = judgedNode("n1", { state: "working", why: "a\n\u001b]0;x\u0007" });
    const lines = changeLinesFrom(of(working), of(hostile));
    assert.doesNotMatch(lines.join(""), /\p{Cc}/u);
  });
});
