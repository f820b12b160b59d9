import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { madeUpNode, madeUpRelease, madeUpReport } from "../../testing/made-up-report.ts";
import { causesIn, cellsIn, textIn } from "../../testing/page-parts.ts";
import type { ReportedNode } from "../fleet-report.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { statusPageFrom } from "./status-page.ts";

const key = "image-prefetcher.stackrox.io/a";
const missing = { image: "registry.example.com/x:1", reason: "not_found" };

const release = (nodes: readonly ReportedNode[], fields: Partial<ReleaseStatus> = {}) =>
  madeUpRelease({ nodes, ...fields });

const page = (releases: readonly ReleaseStatus[], rest: Partial<StatusReport> = {}) =>
  statusPageFrom(madeUpReport(releases, rest));

describe("the reasons on statusPageFrom()'s page", () => {
  it("tells once why nodes are as they are, and leads their cells there; the others' to the legend", () => {
    const nodes = [
      madeUpNode("n1", { state: "failed", failed: [missing], moreFailed: 2 }),
      madeUpNode("n2", { state: "failed", failed: [{ ...missing, required: false }] }),
      madeUpNode("n3", { state: "failed", failed: [missing], moreFailed: 2 }),
      madeUpNode("n4", { state: "working", why: "pulling" }),
      madeUpNode("n5", { failed: [{ ...missing, required: false }] }),
      madeUpNode("n6"),
    ];
    const html = page([release([]), release(nodes)]);
    assert.deepEqual(causesIn(html), [
      "✕ failed 2 registry.example.com/x:1 not_found and 2 images more n1 , n3",
      "✕ failed 1 registry.example.com/x:1 not_found (optional) n2",
      "W working 1 pulling n4",
      "✓ succeeded 1 registry.example.com/x:1 not_found (optional) n5",
    ]);
    const targets = ["r1c0", "r1c0", "r1c1", "r1c2", "r1c3", "is-succeeded"];
    assert.deepEqual(
      cellsIn(html)
        .map(([, target]) => target)
        .sort(),
      targets.sort(),
    );
    for (const target of targets) assert.ok(new RegExp(`id=${target}[ >]`).test(html), target);
    assert.match(html, /<a class=skip href="#r1e">Skip 6 nodes<\/a>/);
    assert.ok(!html.includes('href="#r0e"'));
  });

  it("folds out names after the twelfth", () => {
    const many = (count: number) =>
      page([
        release(Array.from({ length: count }, (_, index) => madeUpNode(`n${index}`, { state: "foreign" }))),
      ]);
    assert.ok(!many(12).includes("<details>"));
    assert.match(
      many(14),
      /<bdi>n11<\/bdi><details><summary>and 2 more<\/summary><bdi>n12<\/bdi>, <bdi>n13<\/bdi><\/details>/,
    );
  });

  it("keeps to two hundred causes, and counts the nodes that have further ones", () => {
    const many = (count: number) =>
      page([
        release(
          Array.from({ length: count }, (_, index) =>
            madeUpNode(`n${index}`, { state: "working", why: `${index}` }),
          ),
        ),
      ]);
    assert.equal(causesIn(many(200)).length, 200);
    assert.ok(!many(200).includes("reasons of their own"));
    const html = many(203);
    assert.equal(causesIn(html).length, 200);
    assert.match(textIn(html), /3 further nodes with reasons of their own: --output=json has them all\./);
    assert.equal(cellsIn(html).at(-1)?.[1], "is-working");
  });

  it("shows leftovers of one kind together, and says what they are", () => {
    const kind = "no-release";
    const mark = { instance: "b", key, label: "succeeded", owner: "old/b", kind } as const;
    const leftovers = [
      { ...mark, node: "n1" },
      { ...mark, node: "n2" },
      { node: "n3", instance: "b", key, kind } as const,
      { node: "n4", instance: "b", key, label: "x", kind: "unowned" } as const,
    ];
    const plain = textIn(page([], { leftovers }));
    assert.match(
      plain,
      /Leftovers 4 .*no release 2 image-prefetcher.stackrox.io\/a succeeded of old\/b there is no such release n1 , n2 no release 1 /,
    );
    assert.match(
      plain,
      /no release 1 image-prefetcher.stackrox.io\/a the annotation alone there is no such release n3 unowned 1 /,
    );
    assert.ok(!textIn(page([])).includes("Leftovers"));
  });
});
