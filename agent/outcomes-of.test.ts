import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesFromLines } from "./image-list.ts";
import type { StatusAnswer } from "./image-service.ts";
import { type Findings, outcomesOf } from "./outcomes-of.ts";
import type { PullResult } from "./pull-image.ts";
import { failedWith, storedImage } from "./testing/fake-image-service.ts";

const platform = "linux/amd64";
const entries = entriesFromLines(["a"]);
const imageKey = entries[0]?.imageKey ?? "";
const effort = { attempts: 2, durationMs: 10 };
const pulled: PullResult = { kind: "pulled", ...effort };
const notFound: PullResult = { ...failedWith("not_found"), ...effort };
const present: StatusAnswer = { kind: "present", image: storedImage("a") };
const absent: StatusAnswer = { kind: "absent" };

interface Found {
  readonly pull?: PullResult;
  readonly status: StatusAnswer;
  readonly always?: boolean;
  readonly confirmed?: boolean;
  readonly pending?: boolean;
}

/** `kind` or `kind reason` of the one entry's outcome. */
function outcomeOf({ pull, status, always, confirmed, pending }: Found): string {
  const findings: Findings = {
    entries,
    platform,
    pending: new Set(pending === true ? [imageKey] : []),
    pullPolicy: always === true ? "Always" : "IfNotPresent",
    pulls: new Map(pull === undefined ? [] : [[imageKey, pull]]),
    look: { startedAtMs: 0, answerFor: () => status },
    confirmed: new Set(confirmed === true ? [imageKey] : []),
  };
  const [outcome] = outcomesOf(findings);
  return outcome?.kind === "failed" ? `failed ${outcome.failure.reason}` : (outcome?.kind ?? "none");
}

describe("outcomesOf()", () => {
  const cases: readonly [what: string, found: Found, outcome: string][] = [
    ["there, not pulled", { status: present }, "present"],
    ["there, pulled", { status: present, pull: pulled }, "pulled"],
    ["not there, pull failed", { status: absent, pull: notFound }, "failed not_found"],
    ["pulled, and gone again", { status: absent, pull: pulled }, "failed evicted"],
    ["there before, and gone now", { status: absent }, "failed evicted"],
    ["there though its pull failed: somebody else pulled it", { status: present, pull: notFound }, "present"],
    [
      "pulled, but the runtime does not say",
      { status: failedWith("runtime_down"), pull: pulled },
      "failed runtime_down",
    ],
    [
      "Always: there, confirmed now",
      { status: present, pull: pulled, always: true, confirmed: true },
      "pulled",
    ],
    ["Always: there, confirmed earlier", { status: present, always: true, confirmed: true }, "present"],
    ["Always: there, never confirmed", { status: present, pull: notFound, always: true }, "failed not_found"],
    [
      "Always: there, confirmed earlier, a later pull failed",
      { status: present, pull: notFound, always: true, confirmed: true },
      "present",
    ],
    ["not there, its turn yet to come", { status: absent, pending: true }, "pending"],
    ["there, its turn yet to come", { status: present, pending: true }, "present"],
    ["a fault of the agent's own", { status: failedWith("internal") }, "failed internal"],
  ];
  for (const [what, found, outcome] of cases) {
    it(`takes what is ${what} for: ${outcome}`, () => assert.equal(outcomeOf(found), outcome));
  }

  it("gives one outcome an entry, in the list's order, and an invalid one its reason", () => {
    const list = entriesFromLines(["b", "Invalid", "a"]);
    const look = { startedAtMs: 0, answerFor: () => present };
    const outcomes = outcomesOf({
      entries: list,
      platform,
      pending: new Set(),
      pullPolicy: "IfNotPresent",
      pulls: new Map(),
      look,
      confirmed: new Set(),
    });
    assert.deepEqual(
      outcomes.map((outcome) => [outcome.entry.line, outcome.kind]),
      [
        ["b", "present"],
        ["Invalid", "failed"],
        ["a", "present"],
      ],
    );
    assert.ok(outcomes[1]?.kind === "failed" && outcomes[1].failure.reason === "invalid_reference");
  });

  it("skips an entry for other platforms, be it invalid or there", () => {
    const lines = ["b platforms=linux/arm64", "Invalid platforms=linux/arm64", "b"];
    const outcomes = outcomesOf({
      entries: entriesFromLines(lines),
      platform,
      pending: new Set(),
      pullPolicy: "IfNotPresent",
      pulls: new Map(),
      look: { startedAtMs: 0, answerFor: () => present },
      confirmed: new Set(),
    });
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["skipped", "skipped", "present"],
    );
  });
});
