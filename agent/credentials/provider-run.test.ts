import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { systemClock } from "../clock.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  answering,
  createPluginFolder,
  type PluginFolder,
  responseWith,
  untilGone,
} from "../testing/plugin-folder.ts";
import { runProvider } from "./provider-run.ts";

const never = new AbortController().signal;
const image = "a.example.com/team/app";

describe("runProvider()", () => {
  let folder: PluginFolder;
  let clock: FakeClock;
  beforeEach(async () => {
    folder = await createPluginFolder();
    clock = createFakeClock();
  });
  afterEach(async () => {
    assert.equal(clock.pendingCount(), 0);
    await folder[Symbol.asyncDispose]();
  });

  const settings = {
    name: "plugin",
    matchImages: [],
    defaultCacheDurationMs: 0,
    args: ["--region", "x"],
    env: { A: "1" },
  };
  const ask = (signal = never, options = {}) =>
    runProvider(settings, image, { binDir: folder.binDir, clock, ...options }, signal);

  async function failureOf(script: string) {
    await folder.add("plugin", script);
    const result = await ask();
    assert.ok(result.kind === "failed", JSON.stringify(result));
    return result;
  }

  it("asks with the protocol's request, the arguments and the environment", async () => {
    await folder.add("plugin", `{ cat; echo " $* $A"; } >"$FOLDER/seen"; ${answering()}`);
    const result = await ask();
    assert.ok(result.kind === "answered");
    assert.equal(result.response.found.credentials[0]?.credential.password, "secret");
    assert.equal(
      await folder.left("seen"),
      `{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest","image":"${image}"} --region x 1`,
    );
  });

  const failures: readonly [what: string, script: string, problem: string][] = [
    ["an exit code", "exit 3", "ended with exit code 3 and wrote nothing to stderr"],
    [
      "an exit code with words",
      "echo QZsecret >&2; echo QZsecret; exit 1",
      "ended with exit code 1 and wrote 9 bytes to stderr, which are not shown as they may hold secrets",
    ],
    [
      "an exit code after a good answer",
      `${answering()}; exit 1`.replace("END;", "END\n"),
      "ended with exit code 1 and wrote nothing to stderr",
    ],
    ["a signal", "echo QZsecret; kill -KILL $$", "was ended by SIGKILL and wrote nothing to stderr"],
    ["garbage", "echo QZsecret", "answered with something that is no JSON object"],
    ["nothing", "", "answered with something that is no JSON object"],
    [
      "another version",
      answering(responseWith({ apiVersion: "QZ/v2" })),
      "answered with another apiVersion than credentialprovider.kubelet.k8s.io/v1",
    ],
    ["a flood", "head -c 1048577 /dev/zero", "wrote more than 1 MiB and was killed"],
  ];
  for (const [what, script, problem] of failures) {
    it(`says of ${what} what it is, for this image, and quotes nothing`, async () => {
      assert.deepEqual(await failureOf(script), {
        kind: "failed",
        concerns: "image",
        problem: `credential provider plugin, asked for ${image}, ${problem}`,
      });
    });
  }

  it("kills a plugin at its deadline, a minute by default", async () => {
    await folder.add("plugin", `echo $$ >"$FOLDER/pid"; sleep 600`);
    const result = ask();
    const pid = await folder.left("pid");
    await clock.advance(59_999);
    assert.equal(clock.pendingCount(), 1);
    await clock.advance(1);
    assert.deepEqual(await result, {
      kind: "failed",
      concerns: "provider",
      problem: "credential provider plugin had not ended after 60 s and was killed",
    });
    await untilGone(pid);
  });

  it("keeps to the deadline on the real clock", async () => {
    await folder.add("plugin", "sleep 600");
    const result = await ask(never, { clock: systemClock, runLimitMs: 10 });
    assert.ok(result.kind === "failed");
    assert.match(result.problem, /had not ended after 0\.01 s and was killed/);
  });

  it("rejects with the signal's reason, and only with that", async () => {
    await folder.add("plugin", `echo $$ >"$FOLDER/pid"; sleep 600`);
    const controller = new AbortController();
    const result = ask(controller.signal);
    const pid = await folder.left("pid");
    const reason = new Error("over");
    controller.abort(reason);
    await assert.rejects(result, reason);
    await untilGone(pid);
  });

  describe("where the plugin cannot be started", () => {
    async function problemOf() {
      const result = await ask();
      assert.ok(result.kind === "failed" && result.concerns === "provider", JSON.stringify(result));
      const start = `credential provider plugin cannot be started: ${join(folder.binDir, "plugin")} `;
      assert.ok(result.problem.startsWith(start), result.problem);
      return result.problem.slice(start.length);
    }

    it("says that it is not there", async () =>
      assert.match(await problemOf(), /^is not there; .* its provider's name$/));

    it("says that its interpreter or loader is not", async () => {
      await writeFile(join(folder.binDir, "plugin"), "#!/absent/interpreter\n", { mode: 0o755 });
      assert.match(await problemOf(), /^is there, but .* interpreter of its #! line, or its dynamic loader/);
    });

    it("says that it is not executable", async () => {
      await chmod(await folder.add("plugin", ""), 0o644);
      assert.match(await problemOf(), /^may not be executed: .* noexec$/);
    });

    it("says that its folder is none", async () => {
      const file = await folder.add("other", "");
      const result = await ask(never, { binDir: file });
      assert.ok(result.kind === "failed");
      assert.match(result.problem, /other\/plugin does not lie in a folder/);
    });

    it("says what the system says where nothing better is known", async () => {
      await folder.add("plugin", "");
      const args = ["x".repeat(4 * 1024 * 1024)];
      const result = await runProvider({ ...settings, args }, image, { binDir: folder.binDir, clock }, never);
      assert.ok(result.kind === "failed");
      assert.match(result.problem, /plugin was refused by the system \(E2BIG\)$/);
    });
  });
});
