import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { curveSvg, ticksUpTo } from "./curve.ts";

const measured = {
  name: "Nodes of 20 kB",
  points: [
    { x: 1_000, y: 10 },
    { x: 5_000, y: 50 },
  ],
};
const options = { xTitle: "nodes", extrapolatedTo: 10_000 };

describe("curveSvg()", () => {
  it("draws what was measured as a line, and beyond it a dashed one to where it leads, with the figure", () => {
    const svg = curveSvg([{ title: "CPU, seconds", series: [measured] }], options);
    const [line, beyond] = [...svg.matchAll(/<path class="(line[^"]*)" d="([^"]+)"\/>/g)];
    // From 72 to 616 the x axis has 10,000 nodes; from 176 up to 34 the y axis has 100 s.
    assert.deepEqual(line?.slice(1), ["line s0", "M126.4 161.8L344 105"]);
    assert.deepEqual(beyond?.slice(1), ["line beyond s0", "M344 105L616 34"]);
    assert.match(svg, /\.beyond\{stroke-dasharray/);
    assert.match(svg, />Nodes of 20 kB: 100 at 10,000 \(extrapolated\)</);
    assert.equal(svg.match(/<circle /g)?.length, 2, "a point for each measurement, and none beyond");
  });

  it("names both axes, their units and each line in every panel", () => {
    const other = { ...measured, name: "Nodes of 11 kB" };
    const panels = ["CPU, seconds", "etcd, megabytes"].map((title) => ({ title, series: [measured, other] }));
    const texts = [...curveSvg(panels, options).matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    for (const text of ["nodes", "10,000"])
      assert.equal(texts.filter((each) => each === text).length, 2, text);
    for (const name of ["Nodes of 20 kB:", "Nodes of 11 kB:"])
      assert.equal(texts.filter((each) => each?.startsWith(name)).length, 2, name);
    assert.ok(texts.includes("CPU, seconds") && texts.includes("etcd, megabytes"));
  });

  it("draws nothing beyond a single point, nor beyond what was measured that far", () => {
    const [first] = measured.points;
    const single = { name: "one", points: first === undefined ? [] : [first] };
    const far = { name: "far", points: [...measured.points, { x: 10_000, y: 90 }] };
    for (const series of [single, far]) {
      const svg = curveSvg([{ title: "t", series: [series] }], options);
      assert.doesNotMatch(svg, /class="line beyond|extrapolated\)/);
    }
  });

  it("is one well-formed picture whatever the names are, and also without any line", () => {
    const svg = curveSvg([{ title: "a < b & c", series: [] }], options);
    assert.match(svg, /a &lt; b &amp; c/);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    assert.equal(svg.match(/<g /g)?.length, svg.match(/<\/g>/g)?.length);
  });
});

describe("ticksUpTo()", () => {
  it("has few round steps that reach the largest value", () => {
    assert.deepEqual(ticksUpTo(10_000), [0, 2_000, 4_000, 6_000, 8_000, 10_000]);
    assert.deepEqual(ticksUpTo(1.1), [0, 0.25, 0.5, 0.75, 1, 1.25]);
    assert.deepEqual(ticksUpTo(0), [0, 1]);
  });
});
