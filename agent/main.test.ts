import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { revisionOf } from "./revision.ts";
import { logLinesIn, prefetchArguments, startAgent } from "./testing/agent-process.ts";
import { type ApiServer, type ApiStep, startApiServer } from "./testing/api-server.ts";
import { type CriServer, startCriServer } from "./testing/cri-server.ts";
import { daemonSetOf } from "./testing/fake-doctor-api.ts";
import { nodeFindings } from "./testing/node-findings.ts";

const key = "image-prefetcher.stackrox.io/my-images";

describe("main.ts", () => {
  let cri: CriServer;
  let api: ApiServer;
  let folder: string;
  before(async () => {
    [cri, api, folder] = await Promise.all([
      startCriServer(),
      startApiServer(),
      mkdtemp(join(tmpdir(), "main-")),
    ]);
  });
  after(async () => {
    await Promise.all([cri.close(), api.close(), rm(folder, { recursive: true, force: true })]);
  });

  const start = (argv: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    startAgent(argv, { env: { ...process.env, KUBECONFIG: api.kubeConfigPath, ...more } });
  const run = (...argv: readonly string[]) => start(argv).ended;
  const prefetchWith = (...argv: readonly string[]) => prefetchArguments(cri.socketPath, ...argv);

  it("pulls, labels the Node, logs JSON lines on stdout alone, and ends with 0", async () => {
    const messagePath = join(folder, "termination-log");
    await writeFile(messagePath, "what an earlier run left there, which was longer than the next ".repeat(9));
    const { exitCode, stdout, stderr } = await run(
      ...prefetchWith("--image=main", `--termination-message-path=${messagePath}`),
    );
    assert.deepEqual([exitCode, stderr], [0, ""], stdout);
    assert.equal(api.metadata.labels[key], "succeeded");
    const lines = logLinesIn(stdout);
    assert.ok(lines.some(({ msg }) => msg === "image pulled"));
    assert.equal(lines.at(-1)?.exitCode, 0);
    const summary = `succeeded: 1 of 1 images are there (revision ${revisionOf("IfNotPresent", ["main"])})`;
    assert.equal(await readFile(messagePath, "utf8"), summary);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`ends with 143 within 2 s of ${signal} while a pull hangs, cancels the pull and writes no verdict`, async () => {
      const image = `hanging-${signal.toLowerCase()}`;
      api.metadata.labels = {};
      cri.on(`PullImage ${image}`, "hangs");
      const { child, ended } = start(prefetchWith(`--image=${image}`));
      await cri.arrived(`PullImage ${image}`);
      const startMs = performance.now();
      child.kill(signal);
      const { exitCode, stderr } = await ended;
      assert.ok(performance.now() - startMs < 2_000);
      assert.deepEqual([exitCode, stderr], [143, ""]);
      await cri.wasCancelled(`PullImage ${image}`);
      assert.equal(api.metadata.labels[key], undefined);
    });
  }

  it("ends with 143 on SIGTERM though its calls do not heed that they are cancelled", async () => {
    const deaf = join(folder, "deaf.mjs");
    await writeFile(deaf, "AbortSignal.prototype.addEventListener = () => {};");
    cri.on("PullImage deaf", "hangs");
    const { child, ended } = start(prefetchWith("--image=deaf"), { NODE_OPTIONS: `--import=${deaf}` });
    await cri.arrived("PullImage deaf");
    child.kill("SIGTERM");
    const { exitCode, stdout } = await ended;
    assert.equal(exitCode, 143);
    assert.ok(!stdout.includes("no verdict was written"), "the calls were to be deaf");
  });

  it("ends with 5 where no runtime listens, and names the sockets that lie there", async () => {
    const flags = [`--cri-socket=${cri.socketPath}.missing`, "--runtime-timeout=10ms"];
    const messagePath = join(folder, "none");
    const { exitCode, stdout } = await run(
      ...prefetchWith("--image=a", ...flags, `--termination-message-path=${messagePath}`),
    );
    assert.equal(exitCode, 5);
    assert.ok(stdout.includes(`: ${cri.socketPath}. Set criSocket`), stdout);
    // By hand there is no such file, and none is made.
    await assert.rejects(readFile(messagePath), { code: "ENOENT" });
  });

  it("ends with 2 and one sentence on stderr for bad usage", async () => {
    const { exitCode, stdout, stderr } = await run("prefetch", "--unknown");
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /^error: .*`prefetcher prefetch --help` has the flags\n$/s);
  });

  it("ends with 2 where the kubeconfig cannot be used, and says so", async () => {
    const before = await readFile(api.kubeConfigPath, "utf8");
    await writeFile(api.kubeConfigPath, "{ token: hunter2");
    const { exitCode, stdout, stderr } = await run(...prefetchWith("--image=a"));
    await writeFile(api.kubeConfigPath, before);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /^error: the kubeconfig cannot be used: /);
    assert.ok(!`${stderr}${stdout}`.includes("hunter2"));
  });

  it("ends with 2 where the list file cannot be read", async () => {
    const { exitCode, stderr } = await run("revision", `--image-list-file=${folder}/missing`);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: the list file .*\/missing cannot be read: ENOENT/);
  });

  it("inspects: one document without a secret on stdout, nothing pulled and nothing written", async () => {
    const secret = join(folder, "team-a");
    await mkdir(secret);
    const auths = { "quay.io/team": { username: "me", password: "hunter2" } };
    await writeFile(join(secret, ".dockerconfigjson"), JSON.stringify({ auths }));
    api.metadata.labels = {};
    const callsBefore = cri.calls.length;
    const requestsBefore = api.requests.length;
    const [, ...flags] = prefetchWith("--image=quay.io/team/inspected", `--pull-secret=${secret}`);
    const { exitCode, stdout, stderr } = await run("inspect", ...flags);
    assert.deepEqual([exitCode, stderr], [0, ""], stdout);
    assert.match(stdout, /^\{.*\}\n$/);
    assert.doesNotMatch(stdout, /hunter2|planted-token/);
    const { images, label } = JSON.parse(stdout);
    assert.deepEqual(images, [
      {
        image: "quay.io/team/inspected",
        isRequired: true,
        state: "missing",
        credentials: ["quay.io/team of pull secret team-a"],
      },
    ]);
    assert.equal(label.isWritable, true);
    assert.deepEqual(cri.calls.slice(callsBefore), ["Version", "ImageStatus quay.io/team/inspected"]);
    const sent = api.requests.slice(requestsBefore);
    assert.ok(sent.length === 2 && sent.every(({ path }) => path.endsWith("&dryRun=All")));
  });

  describe("as doctor", () => {
    const doctorWith = (argv: readonly string[], more: NodeJS.ProcessEnv = {}) =>
      start(["doctor", "--node=node-1", ...argv], more);
    const answer = (body: unknown): ApiStep => ({
      status: 200,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const untilItsPod = [
      answer({ items: [daemonSetOf("my-images")] }),
      answer({ kind: "Node" }),
      answer({ items: [{}] }),
    ];
    // What a terminal would obey, by a C0 and by a C1 control character.
    const hostile = "\u001b[31m\u009b31m";
    const shown = "\\u001b[31m\\u009b31m";

    const unusable: readonly [argv: readonly string[], env: NodeJS.ProcessEnv, why: string][] = [
      [[], { KUBECONFIG: "/nowhere" }, "ENOENT: no such file or directory, open '/nowhere'"],
      [[], { KUBECONFIG: "", HOME: "/nowhere" }, "there is none at ~/.kube/config"],
      [["--context=other"], {}, "it has no context other; choose one by --context: test"],
    ];
    for (const [argv, env, why] of unusable) {
      it(`ends with 2 where the kubeconfig cannot be used: ${why}`, async () => {
        const { exitCode, stderr } = await doctorWith(argv, env).ended;
        assert.equal(exitCode, 2);
        assert.ok(stderr.startsWith(`error: the kubeconfig cannot be used: ${why}`), stderr);
      });
    }

    it("has nothing on stdout and stderr that a terminal obeys", async () => {
      const findings = JSON.stringify(nodeFindings({ agent: hostile }));
      for (const [output, pattern] of [
        ["json", `"agent": "${shown}"`],
        ["table", `AGENT    ${shown} on linux/amd64`],
      ] as const) {
        const looked = answer({ status: { phase: "Succeeded" } });
        const refused: ApiStep = { status: 403, body: JSON.stringify({ message: hostile }) };
        api.on(...untilItsPod, answer({}), looked, answer(findings), refused);
        const { exitCode, stdout, stderr } = await doctorWith([`--output=${output}`]).ended;
        assert.equal(exitCode, 0, stderr);
        assert.ok(stdout.includes(pattern), stdout);
        assert.match(stderr, /the pod is left behind: .*\\u009b31m \(HTTP 403\)/);
        assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]/u);
      }
      api.on({ status: 403, body: JSON.stringify({ message: hostile }) });
      const { exitCode, stderr } = await doctorWith([]).ended;
      assert.deepEqual(
        [exitCode, stderr],
        [3, `error: cannot list daemonsets.apps in namespace default: ${shown} (HTTP 403)\n`],
      );
    });

    it("has the time, after a signal, for a creation and a deletion that are not answered", async () => {
      const hasty = join(folder, "hasty.mjs");
      await writeFile(
        hasty,
        "const { setTimeout } = globalThis; globalThis.setTimeout = (call, ms, ...rest) => setTimeout(call, ms / 5, ...rest);",
      );
      api.on(...untilItsPod, "hangs", "hangs");
      const { child, ended } = doctorWith([], { NODE_OPTIONS: `--import=${hasty}` });
      for (let sent = 0; sent <= untilItsPod.length; sent += 1) await api.arrived();
      child.kill("SIGTERM");
      const { exitCode, stderr } = await ended;
      assert.match(stderr, /^the pod may be left behind: .* did not answer within 10 s\. kubectl delete pod/);
      assert.equal(exitCode, 143, stderr);
    });
  });

  it("prints the revision of a list file", async () => {
    const path = join(folder, "images.txt");
    await writeFile(path, "\uFEFF# mine\r\nb # why\r\na\r\n");
    const { exitCode, stdout } = await run("revision", `--image-list-file=${path}`);
    assert.deepEqual([exitCode, stdout], [0, `${revisionOf("IfNotPresent", ["a", "b"])}\n`]);
  });

  it("ends with 70 and no secret on stderr where it is at fault itself", async () => {
    const broken = join(folder, "broken.mjs");
    await writeFile(
      broken,
      'process.stdout.write = () => { throw Error("https://me:hunter2@example.com/ broke"); };',
    );
    const options = `--import=${broken}`;
    const { exitCode, stderr } = await start(["revision", "--image=a"], { NODE_OPTIONS: options }).ended;
    assert.equal(exitCode, 70, stderr);
    assert.match(
      stderr,
      /^error: a fault of the agent itself: Error: https:\/\/\[redacted\]@example\.com\/ broke\n/,
    );
    assert.doesNotMatch(stderr, /hunter2/);
  });
});
