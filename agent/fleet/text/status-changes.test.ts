import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgedNode } from "../../testing/fleet-world.ts";
import { releaseStatus, statusReport } from "../../testing/status-world.ts";
import type { JudgedNode } from "../fleet-judgement.ts";
import { askedPlainly } from "../status-asked.ts";
import type { StatusReport } from "../status-report.ts";
import { changeLinesFrom } from "./status-changes.ts";

const time = "2026-11-23T02:20:00Z";
const working = judgedNode("n1", { state: "working", why: "pulling", present: 0, entries: 3 });
const done = judgedNode("n1", { present: 3, entries: 3 });
const other = judgedNode("n2", { state: "working" });
const of = (...nodes: JudgedNode[]) => statusReport([releaseStatus(nodes)]);
const half = `${time} default/a: 1 of 2 nodes (50 %) say \`succeeded\`; 100 % have to. 1 problem.`;

describe("changeLinesFrom()", () => {
  it("says of a first report how each release stands, and which nodes have not succeeded", () =>
    assert.deepEqual(changeLinesFrom(undefined, of(done, other, working)), [
      `${time} default/a: 1 of 3 nodes (33 %) say \`succeeded\`; 100 % have to. 1 problem.`,
      `${time} default/a n1: working (0/3): pulling`,
      `${time} default/a n2: working`,
    ]));

  it("says of a first report what failed, and of nodes that do not count nothing", () => {
    const failed = [{ image: "x:1", reason: "not_found" }];
    const report = of(judgedNode("n1", { state: "failed", failed }), judgedNode("n2", { isReady: false }));
    assert.deepEqual(changeLinesFrom(undefined, report).slice(1), [
      `${time} default/a: note: 1 node is not Ready and left out: n2`,
      `${time} default/a n1: failed: x:1: not_found`,
    ]);
  });

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

  describe("of what is wrong with a release as a whole", () => {
    const sentence = (pods: number) => `DaemonSet default/a has a pod on ${pods} of the 5 nodes it chooses`;
    const withProblems = (...problems: string[]) => statusReport([{ ...releaseStatus([done]), problems }]);
    const withNotes = (...notes: string[]) => statusReport([{ ...releaseStatus([done]), notes }]);
    const linesOf = (before: StatusReport | undefined, after: StatusReport) =>
      changeLinesFrom(before, after)
        .filter((line) => !line.includes(" say `succeeded`; "))
        .map((line) => line.slice(`${time} default/a`.length));

    it("says it first, then what comes, and what is no longer so", () => {
      const none = withProblems();
      assert.deepEqual(linesOf(undefined, withProblems("no")), [": problem: no"]);
      assert.deepEqual(linesOf(none, withProblems("no")), [": problem: no"]);
      assert.deepEqual(linesOf(withProblems("no"), withProblems("no", "nor")), [": problem: nor"]);
      assert.deepEqual(linesOf(withProblems("no", "nor"), withProblems("nor")), [": no longer: no"]);
    });

    it("says its notes likewise", () => {
      assert.deepEqual(linesOf(undefined, withNotes("so")), [": note: so"]);
      assert.deepEqual(linesOf(withNotes("so"), withNotes("other")), [": note: other", ": no longer: so"]);
    });

    it("does not say it anew where only a count in it is another", () => {
      assert.deepEqual(linesOf(withProblems(sentence(3)), withProblems(sentence(4))), []);
      const names = ["the list of revision 1-000000000001", "the list of revision 1-000000000002"] as const;
      assert.equal(linesOf(withProblems(names[0]), withProblems(names[1])).length, 2);
    });

    it("leaves out what the summary says in any case", () => {
      const enough = statusReport([
        { ...releaseStatus([done, other]), minPercent: 50, problems: [], notes: [] },
      ]);
      const tally = "1 of 2 nodes does not say `succeeded`: 50 % do, and 50 % are enough";
      const [release] = enough.releases;
      assert.ok(release);
      const noted = statusReport([{ ...release, notes: [tally, "so"] }]);
      assert.deepEqual(linesOf(undefined, noted), [": note: so", " n2: working"]);
      assert.deepEqual(
        changeLinesFrom(of(done, other), of(done, { ...other, state: "outdated" })).slice(1),
        [],
      );
    });
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

    it("has one line for such as are alike in a first report, and of many unlike ones 50", () => {
      const first = (...nodes: JudgedNode[]) =>
        changeLinesFrom(undefined, of(...nodes)).map((line) => line.slice(`${time} default/a `.length));
      assert.deepEqual(first(...many(21, wait)).slice(1), ["m0000, m0001, m0002 and 18 more: working"]);
      assert.equal(first(...many(20, wait)).length, 1 + 20);
      const unlike = many(60, wait).map((node, index) => ({ ...node, why: `because ${index}` }));
      assert.equal(first(...unlike).at(50), "m0049: working: because 49");
      assert.deepEqual(first(...unlike).slice(51), ["and 10 more nodes"]);
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
