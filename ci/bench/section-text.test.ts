import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Bar, Section } from "./section.ts";
import { missedGates, sectionText } from "./section-text.ts";

const bar = (isReached: boolean, isGate: boolean): Bar => ({
  what: `bar ${isReached} ${isGate}`,
  bar: "2 times",
  seen: "1.9 times",
  isReached,
  isGate,
});
const bars = [bar(true, true), bar(true, false), bar(false, true), bar(false, false)];
const section: Section = {
  name: "transfer",
  tables: [
    {
      title: "link-bound",
      rows: [
        ["contender", "time"],
        ["agent", "1.02"],
      ],
    },
  ],
  bars,
  data: {},
  notes: ["kubelet: one image after the other"],
};

describe("sectionText()", () => {
  it("has the tables in columns, then the bars, then the notes", () =>
    assert.deepEqual(sectionText({ ...section, bars: bars.slice(0, 1) }, undefined).split("\n"), [
      "== transfer ==",
      "",
      "link-bound",
      "contender  time",
      "agent      1.02",
      "",
      "         what           bar      seen",
      "reached  bar true true  2 times  1.9 times",
      "",
      "kubelet: one image after the other",
      "",
    ]));

  it("tells a gate that is missed from a bar that is", () => {
    const lines = sectionText(section, undefined).split("\n");
    assert.ok(lines.some((line) => /^MISSED +bar false true/.test(line)));
    assert.ok(lines.some((line) => /^missed +bar false false/.test(line)));
  });

  it("leaves out what there is none of", () =>
    assert.equal(
      sectionText({ ...section, tables: [], bars: [], notes: [] }, undefined),
      "== transfer ==\n",
    ));
});

describe("missedGates()", () => {
  it("has the gates that are missed, and neither other bars nor what is reached", () =>
    assert.deepEqual(missedGates([section, { ...section, bars: [] }]), [bar(false, true)]));
});
