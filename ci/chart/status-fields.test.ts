import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { nodeStates } from "../../agent/fleet/fleet-report.ts";
import type { LeftoverKind, StatusReport } from "../../agent/fleet/status-report.ts";
import { madeUpNode, madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";
import { chart } from "./helm.ts";

const [, section = ""] =
  /^### What its JSON has\n([\s\S]*?)^##+ /m.exec(readFileSync(`${chart}/README.md`, "utf8")) ?? [];

/** Each field's path, `[]` after one that is an array. Counts have the states for fields. */
type Fields = readonly string[];

/** What a report has where every field has something to say: the compiler knows which those are. */
type Whole<Value> = Value extends string | number | boolean
  ? Value
  : { readonly [Name in keyof Value]-?: Whole<Value[Name]> };

const named = { namespace: "default", daemonSet: "a-prefetcher" };
const node: Whole<StatusReport["releases"][number]["nodes"][number]> = {
  ...{ name: "n1", state: "failed", isReady: true, isCounted: true, revision: "1-0", finishedAt: "then" },
  ...{ present: 1, entries: 2, failed: [{ image: "x:1", reason: "not_found", required: false }] },
  ...{ moreFailed: 1, why: "because" },
};
const { releases: _, leftovers: __, ...plain } = madeUpReport([]);
const whole: Whole<StatusReport> = {
  ...{
    ...plain,
    interruptions: ["x"],
    interruptedSince: "then",
    pending: [named],
    strange: [named],
    notes: ["x"],
  },
  releases: [{ ...madeUpRelease({ nodes: [] }), nodes: [node], problems: ["x"], notes: ["x"] }],
  leftovers: [
    { node: "n1", instance: "a", key: "k", label: "succeeded", owner: "default/a", kind: "unowned" },
  ],
};

/** What it has where each of these has as little to say as may be. */
const least: StatusReport = {
  ...{ ...plain, interruptions: ["x"], pending: [named], strange: [named], notes: ["x"] },
  releases: [
    {
      ...madeUpRelease({ nodes: [] }),
      nodes: [madeUpNode("n1"), { ...madeUpNode("n2"), failed: [{ image: "x:1", reason: "not_found" }] }],
      ...{ problems: ["x"], notes: ["x"] },
    },
  ],
  leftovers: [{ node: "n1", instance: "a", key: "k", kind: "unowned" }],
};

const kinds: Readonly<Record<LeftoverKind, true>> = {
  "not-chosen": true,
  "former-instance": true,
  "no-release": true,
  unowned: true,
};

describe("what README.md says of status's JSON", () => {
  it("names each field, and which of them may be left out", () => {
    const always = leastFieldsIn(least);
    const fields = fieldsIn(whole).map((path) => (always.has(path) ? path : `${path}?`));
    assert.deepEqual(pathsOf("Field"), fields.toSorted());
  });

  it("names each state, in the order of the report, and each kind of what is left over", () => {
    assert.deepEqual(
      rowsOf("State").map(([state = ""]) => state),
      nodeStates.map((state) => `\`${state}\``),
    );
    const [, said = ""] = rowsOf("Field").find(([field]) => field === "`leftovers[].kind`") ?? [];
    assert.deepEqual(quotedIn(said), Object.keys(kinds));
  });
});

/** The paths of all that is in the value; an array of objects stands for what is in them. */
function fieldsIn(value: object, prefix = ""): Fields {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    const path = `${prefix}${name}`;
    if (!Array.isArray(each)) return [path];
    const [first] = each as readonly unknown[];
    if (typeof first !== "object" || first === null) return [`${path}[]`];
    const inner = fieldsIn(first, `${path}[].`);
    // It is named itself where it may be left out.
    return name === "failed" ? [`${path}[]`, ...inner] : inner;
  });
}

/** The paths that are there whenever what they are in is there. */
function leastFieldsIn(report: StatusReport): ReadonlySet<string> {
  const [plainNode, failedNode] = report.releases[0]?.nodes ?? [];
  assert.ok(plainNode !== undefined && failedNode?.failed !== undefined);
  const prefix = "releases[].nodes[].";
  return new Set([
    ...fieldsIn(report),
    ...failedNode.failed.flatMap((each) => fieldsIn(each, `${prefix}failed[].`)),
  ]);
}

function rowsOf(heading: string): readonly (readonly string[])[] {
  const table = new RegExp(`^\\| ${heading} \\|.*\\n.*\\n((?:\\|.*\\n)+)`, "m").exec(section)?.[1] ?? "";
  const rows = table.split("\n").filter((row) => row !== "");
  assert.ok(rows.length > 5, `${heading}: there is no such table`);
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function pathsOf(heading: string): Fields {
  return rowsOf(heading)
    .flatMap(([paths = ""]) => quotedIn(paths))
    .toSorted();
}

function quotedIn(text: string): Fields {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, quoted = ""]) => quoted);
}
