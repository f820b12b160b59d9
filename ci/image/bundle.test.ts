import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Metafile } from "esbuild";
import { root } from "../root.ts";
import { bundleAgent, licencesFile } from "./bundle.ts";
import { refuseHeavyBundle } from "./bundle-budget.ts";
import { weighBundle } from "./bundle-weight.ts";

describe("bundleAgent()", () => {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  let licences: string;
  let metafile: Metafile;
  before(async () => {
    metafile = await bundleAgent(folder);
    licences = readFileSync(join(folder, licencesFile), "utf8");
  });
  after(() => rmSync(folder, { recursive: true }));

  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    it(`names ${name} and its version among the licences`, () => {
      assert.match(licences, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, "m"));
    });
  }

  it("sets V8's flags before any other module of ours is run", () => {
    const entry = readFileSync(join(folder, "prefetcher.mjs"), "utf8");
    const parts = [...entry.matchAll(/from"\.\/(prefetcher-[^"]+)"/g)].map(([, name = ""]) => name);
    assert.equal(parts.length, 1, "one part is run before the entry");
    const first = readFileSync(join(folder, parts[0] ?? ""), "utf8");
    const flags = first.indexOf("--heap-growing-percent");
    assert.ok(flags > 0 && flags < first.indexOf("image-prefetcher.stackrox.io/"), `${flags}`);
  });

  it("has the texts of the licences, each once", () => {
    for (const [text, atLeast] of [
      [/^ *Apache License$/gm, 1],
      [/Permission is hereby granted, free of charge/g, 2],
    ] as const) {
      assert.ok((licences.match(text) ?? []).length >= atLeast, `${text}`);
    }
    const sections = licences
      .split(/^-{80}$/m)
      .map((section) => section.trim().split("\n\n").slice(1).join());
    assert.equal(new Set(sections).size, sections.length);
  });

  it("stays within its budget", () => refuseHeavyBundle(weighBundle(metafile)));

  it("does not name what the bundle has nothing of", () => {
    assert.doesNotMatch(licences, /^(typescript|esbuild|yaml|@grpc\/proto-loader) /m);
  });
});
