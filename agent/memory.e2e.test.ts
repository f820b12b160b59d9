import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { logLinesIn, prefetchArguments, startAgent } from "./testing/agent-process.ts";
import { type ApiServer, startApiServer } from "./testing/api-server.ts";
import { startCriServer } from "./testing/cri-server.ts";

const key = "image-prefetcher.stackrox.io/my-images";

/** What a process took at most by now; undefined where it has ended. */
async function peakKibOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kib === undefined ? undefined : Number(kib);
}

function hasCredential(message: unknown): boolean {
  return (message as { auth?: { username?: string } | null }).auth?.username === "team-1";
}

describe("the agent with a long list", () => {
  let api: ApiServer;
  let folder: string;
  before(async () => {
    [api, folder] = await Promise.all([startApiServer(), mkdtemp(join(tmpdir(), "memory-"))]);
    await Promise.all(secrets.map(writeSecret));
  });
  after(() => Promise.all([api.close(), rm(folder, { recursive: true, force: true })]));

  // The last one is for the list's registry.
  const secrets = Array.from({ length: 2 }, (_, index) => `team-${index}`);
  const writeSecret = async (name: string, index: number) => {
    const registry = index === secrets.length - 1 ? "registry.example.com" : `registry-${index}.example.com`;
    const auths = { [registry]: { username: name, password: "word" } };
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, ".dockerconfigjson"), JSON.stringify({ auths }));
  };

  /** Pulls a list of `count` images, all of them missing; then runs once more, where all of them are there. */
  async function runTwice(count: number) {
    const path = join(folder, `${count}.txt`);
    const images = Array.from({ length: count }, (_, index) => `registry.example.com/team/app-${index}:1`);
    await writeFile(path, images.join("\n"));
    const cri = await startCriServer();
    const run = async () => {
      const flags = secrets.map((name) => `--pull-secret=${join(folder, name)}`);
      const argv = prefetchArguments(cri.socketPath, `--image-list-file=${path}`, ...flags);
      const { child, ended } = startAgent(argv, { env: { KUBECONFIG: api.kubeConfigPath } });
      let peakKib = 0;
      const isOver = ended.then(
        () => true,
        () => true,
      );
      const aWhile = () => new Promise<false>((resolve) => setTimeout(resolve, 10, false));
      do peakKib = (await peakKibOf(child.pid)) ?? peakKib;
      while (!(await Promise.race([isOver, aWhile()])));
      const { exitCode, stdout, stderr } = await ended;
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.equal(api.metadata.labels[key], "succeeded");
      return { peakKib, lines: logLinesIn(stdout) };
    };
    const pulling = await run();
    assert.equal(cri.store.size, count);
    assert.equal(cri.messages.filter(hasCredential).length, count);
    const calls = cri.calls.length;
    const looking = await run();
    assert.equal(cri.calls.slice(calls).filter((call) => call.startsWith("PullImage")).length, 0);
    await cri.close();
    return { pulling, looking };
  }

  it("row 32: takes with 5,000 references at most 1.3 times the memory that it takes with 5, and logs one line for each", async (t) => {
    const few = await runTwice(5);
    const many = await runTwice(5_000);
    for (const phase of ["pulling", "looking"] as const) {
      const ratio = many[phase].peakKib / few[phase].peakKib;
      t.diagnostic(
        `${phase}: ${few[phase].peakKib} KiB with 5, ${many[phase].peakKib} KiB with 5,000: ${ratio.toFixed(2)} times`,
      );
      assert.ok(ratio <= 1.3, `${phase} took ${ratio.toFixed(2)} times the memory`);
      // The runtime is ready; the round's end; the end.
      assert.equal(many[phase].lines.length, 5_003);
    }
    assert.ok(many.looking.lines.every(({ msg }) => !/attempt|pulled/.test(String(msg))));
  });
});
