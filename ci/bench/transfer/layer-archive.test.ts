import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { runCommand } from "../../run-command.ts";
import { layerArchive } from "./layer-archive.ts";
import type { LayerPlan } from "./transfer-types.ts";

const text: LayerPlan = { name: "text", bytes: 400_000, content: "files" };
const noise: LayerPlan = { name: "noise", bytes: 1_500_000, content: "random" };
const archiveOf = (plan: LayerPlan) => Buffer.concat([...layerArchive(plan)]);

describe("layerArchive()", () => {
  it("has one file that does not compress for `random`", async (t) => {
    const archive = archiveOf(noise);
    assert.ok(gzipSync(archive).length > 1_490_000);
    const listed = await listOf(t, archive);
    assert.equal(listed.length, 1);
    assert.match(listed[0] ?? "", / 1500000 .* noise\.bin$/);
  });

  it("has many small files for `files`, which compress three to four times, to about the bytes of the plan", async (t) => {
    const archive = archiveOf(text);
    const { length } = gzipSync(archive);
    assert.ok(Math.abs(length / text.bytes - 1) < 0.1, `${length}`);
    assert.ok(archive.length / length > 3 && archive.length / length < 4, `${archive.length / length}`);
    const listed = await listOf(t, archive);
    assert.ok(listed.length > 70, `${listed.length}`);
    assert.equal(new Set(listed.map((line) => line.split(" ").at(-1))).size, listed.length);
  });

  it("is the same for the same plan, and another one for another name", () => {
    for (const plan of [text, noise]) {
      assert.ok(archiveOf(plan).equals(archiveOf(plan)));
      const other = archiveOf({ ...plan, name: "other" });
      // Beyond the first header, which has the name.
      assert.ok(!archiveOf(plan).subarray(512, 1_000).equals(other.subarray(512, 1_000)));
    }
  });
});

/** What tar says that the archive has. */
async function listOf(
  t: { after(end: () => Promise<void>): void },
  archive: Buffer,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "archive-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "layer.tar"), archive);
  const { stdout, stderr } = await runCommand("tar", ["-tvf", join(folder, "layer.tar")]);
  assert.equal(stderr, "");
  return stdout.trimEnd().split("\n");
}
