import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { locationOf, matches, patternFrom } from "../../agent/credentials/registry-pattern.ts";
import { parseImageReference } from "../../agent/image-reference.ts";
import { chart } from "./helm.ts";

const readme = readFileSync(`${chart}/README.md`, "utf8");
const table = /^\| Key \| Is for \| Is not for \|\n.*\n((?:\|.*\n)+)/m.exec(readme)?.[1] ?? "";
const rows = table
  .trimEnd()
  .split("\n")
  .map((row) => row.split("|").slice(1, -1).map(quotedIn));

describe("the examples in README.md of what a credential is for", () => {
  it("are some", () => {
    assert.ok(rows.length > 5);
  });

  for (const [[key = ""] = [], isFor = [], isNotFor = []] of rows) {
    it(`are right about ${key}`, () => {
      assert.ok(isFor.length > 0 && isNotFor.length > 0);
      for (const reference of isFor) assert.ok(isCredentialFor(key, reference), reference);
      for (const reference of isNotFor) assert.ok(!isCredentialFor(key, reference), reference);
    });
  }
});

function isCredentialFor(key: string, reference: string): boolean {
  const pattern = patternFrom(key);
  const parsed = parseImageReference(reference);
  assert.ok(pattern !== undefined && parsed.kind === "reference");
  const location = locationOf(`${parsed.reference.registry}/${parsed.reference.repository}`);
  assert.ok(location !== undefined);
  return matches(pattern, location);
}

function quotedIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
}
