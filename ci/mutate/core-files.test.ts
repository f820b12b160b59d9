import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../root.ts";
import { coreFiles, leftOut } from "./core-files.ts";

describe("coreFiles()", () => {
  it("has the sources that decide on the verdict, and their tests apart", async () => {
    const { sources, tests } = await coreFiles();
    for (const name of ["round", "pull-image", "mark-node", "node-record", "commands/prefetch"]) {
      assert.ok(sources.includes(`agent/${name}.ts`), name);
      assert.ok(tests.includes(`agent/${name}.test.ts`), name);
    }
    assert.ok(!sources.some((path) => path.endsWith(".test.ts")));
  });

  it("leaves out what the list says, and its tests", async () => {
    const { sources, tests } = await coreFiles();
    const all = [...sources, ...tests];
    for (const path of ["agent/main.ts", "agent/main.test.ts", "agent/boundaries.test.ts"])
      assert.ok(!all.includes(path), path);
  });

  it("narrows the sources by parts of their paths, and keeps all tests", async () => {
    const { tests } = await coreFiles();
    const sources = ["agent/backoff.ts", "agent/pool.ts"];
    assert.deepEqual(await coreFiles(["pool.ts", "agent/backoff.ts"]), { sources, tests });
  });

  it("refuses a part that no source has", async () => {
    await assert.rejects(
      coreFiles(["agent/pool.ts", "agent/no-such-file.ts"]),
      /core has agent\/no-such-file.ts/,
    );
  });
});

describe("the list of what is left out", () => {
  it("names files that exist", () => {
    for (const path of Object.keys(leftOut)) assert.ok(existsSync(join(root, path)), path);
  });
});
