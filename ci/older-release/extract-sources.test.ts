import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runCommand } from "../run-command.ts";
import { extractSources } from "./extract-sources.ts";

describe("the sources of an older release", () => {
  let folder: string;
  let older: string;
  const whole = () => join(folder, "whole");

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "extract-sources-"));
    const author = ["-c", "user.name=story", "-c", "user.email=story@example.com"];
    const git = async (...args: readonly string[]) =>
      (await runCommand("git", ["-C", whole(), ...author, ...args])).stdout.trim();
    await runCommand("git", ["init", "--quiet", whole()]);
    for (const text of ["older", "newer"]) {
      await writeFile(join(whole(), "said.txt"), text);
      await git("add", ".");
      await git("commit", "--quiet", "--no-gpg-sign", "--message", text);
    }
    older = await git("rev-parse", "HEAD~1");
  });
  after(() => rm(folder, { recursive: true }));

  it("are what its commit has, and not what the clone has now", async () => {
    await extractSources(older, join(folder, "out"), whole());
    assert.equal(await readFile(join(folder, "out/said.txt"), "utf8"), "older");
  });

  it("are fetched by a clone that has only the newest commit", async () => {
    const shallow = join(folder, "shallow");
    await runCommand("git", ["clone", "--quiet", "--depth=1", `file://${whole()}`, shallow]);
    await extractSources(older, join(folder, "fetched"), shallow);
    assert.equal(await readFile(join(folder, "fetched/said.txt"), "utf8"), "older");
  });

  it("are refused with what to do where it cannot be fetched either", async () => {
    const cut = join(folder, "cut");
    await runCommand("git", ["clone", "--quiet", "--depth=1", `file://${whole()}`, cut]);
    await runCommand("git", ["-C", cut, "remote", "remove", "origin"]);
    await assert.rejects(extractSources(older, join(folder, "none"), cut), {
      message: new RegExp(`has no commit ${older}.*git fetch --unshallow`),
    });
  });
});
