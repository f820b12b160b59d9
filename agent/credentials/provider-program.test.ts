import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createPluginFolder, type PluginFolder, untilGone } from "../testing/plugin-folder.ts";
import { maxStdoutBytes, type ProviderCommand, runToEnd } from "./provider-program.ts";

const never = new AbortController().signal;

describe("runToEnd()", () => {
  let folder: PluginFolder;
  beforeEach(async () => {
    folder = await createPluginFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  async function run(script: string, command: Partial<ProviderCommand> = {}, signal = never) {
    const program = await folder.add("plugin", script);
    return runToEnd({ program, args: [], env: {}, input: "", ...command }, signal);
  }

  it("gives the program its input to the end, and has what it wrote", async () => {
    const end = await run("cat", { input: '{"image":"grüße"}' });
    assert.deepEqual(end, { kind: "exited", exitCode: 0, stdout: '{"image":"grüße"}', stderrBytes: 0 });
  });

  it("hands over the arguments as they are, with no shell between", async () => {
    const args = ["a b", "$HOME", "; exit 7", ""];
    const end = await run(`printf '<%s>' "$@"`, { args });
    assert.equal(end.kind === "exited" && end.stdout, "<a b><$HOME><; exit 7><>");
  });

  it("gives it exactly the environment that is given, and `/` as its folder", async () => {
    const coverage = process.env.NODE_V8_COVERAGE;
    delete process.env.NODE_V8_COVERAGE;
    const end = await run("tr '\\0' '\\n' </proc/$$/environ; pwd", { env: { A: "1", B: "x y" } });
    if (coverage !== undefined) process.env.NODE_V8_COVERAGE = coverage;
    assert.equal(end.kind === "exited" && end.stdout, "A=1\nB=x y\n/\n");
  });

  it("has the exit code and how much went to stderr", async () => {
    const end = await run("echo 12345 >&2; echo out; exit 3");
    assert.deepEqual(end, { kind: "exited", exitCode: 3, stdout: "out\n", stderrBytes: 6 });
  });

  it("has the signal that ended it", async () => {
    assert.deepEqual(await run("kill -TERM $$"), { kind: "signalled", signal: "SIGTERM", stderrBytes: 0 });
  });

  it("does not mind a program that leaves a large input unread", async () => {
    const end = await run("exec 0<&-; echo done", { input: "x".repeat(4 * maxStdoutBytes) });
    assert.deepEqual(end, { kind: "exited", exitCode: 0, stdout: "done\n", stderrBytes: 0 });
  });

  it("reads as much as it may, and kills what writes more", async () => {
    const full = await run(`head -c ${maxStdoutBytes} /dev/zero`);
    assert.equal(full.kind === "exited" && full.stdout.length, maxStdoutBytes);
    const end = await run(`echo $$ >"$FOLDER/pid"; head -c ${maxStdoutBytes + 1} /dev/zero; sleep 600`);
    assert.deepEqual(end, { kind: "overlong" });
    await untilGone(await folder.left("pid"));
  });

  it("counts a flood on stderr without keeping it", async () => {
    const end = await run("head -c 8000000 /dev/zero >&2");
    assert.deepEqual(end, { kind: "exited", exitCode: 0, stdout: "", stderrBytes: 8_000_000 });
  });

  it("kills a child that is left behind, and has the answer all the same", async () => {
    const end = await run(`sleep 600 & echo $! >"$FOLDER/pid"; echo answer`);
    assert.equal(end.kind === "exited" && end.stdout, "answer\n");
    await untilGone(await folder.left("pid"));
  });

  describe("where the program cannot be started", () => {
    const start = (program: string, command: Partial<ProviderCommand> = {}) =>
      runToEnd({ program, args: [], env: {}, input: "x", ...command }, never);

    it("says ENOENT of one that is absent, and of one whose interpreter is", async () => {
      assert.deepEqual(await start(join(folder.binDir, "absent")), { kind: "unstarted", code: "ENOENT" });
      const program = join(folder.binDir, "orphan");
      await writeFile(program, "#!/absent/interpreter\n", { mode: 0o755 });
      assert.deepEqual(await start(program), { kind: "unstarted", code: "ENOENT" });
    });

    it("says EACCES of one that is not executable, and of a folder", async () => {
      const program = await folder.add("plugin", "");
      await chmod(program, 0o644);
      assert.deepEqual(await start(program), { kind: "unstarted", code: "EACCES" });
      assert.deepEqual(await start(folder.binDir), { kind: "unstarted", code: "EACCES" });
    });

    it("says what the system says where the call itself throws", async () => {
      const program = await folder.add("plugin", "");
      assert.deepEqual(await start(join(program, "x")), { kind: "unstarted", code: "ENOTDIR" });
      const args = ["x".repeat(4 * 1024 * 1024)];
      assert.deepEqual(await start(program, { args }), { kind: "unstarted", code: "E2BIG" });
    });
  });

  describe("when its signal aborts", () => {
    it("starts nothing if that was before", async () => {
      const reason = new Error("over");
      await assert.rejects(run("", {}, AbortSignal.abort(reason)), reason);
      assert.equal(await folder.runCount("plugin"), 0);
    });

    it("rejects at once with the reason, and kills the program and its children", async () => {
      const controller = new AbortController();
      const script = `trap '' TERM; sleep 600 & echo $! >"$FOLDER/child"; echo $$ >"$FOLDER/pid"; wait`;
      const result = run(script, {}, controller.signal);
      const [pid, child] = [await folder.left("pid"), await folder.left("child")];
      const reason = new Error("over");
      controller.abort(reason);
      await assert.rejects(result, reason);
      await Promise.all([untilGone(pid), untilGone(child)]);
    });

    it("does not wait for a child in a session of its own that holds the output open, nor keeps the pipe", async () => {
      const pipeCount = () => process.getActiveResourcesInfo().filter((name) => name === "PipeWrap").length;
      const before = pipeCount();
      const controller = new AbortController();
      const leaving = `setsid sh -c 'echo $$ >"$0/escaped"; exec sleep 600' "$FOLDER" &`;
      const script = `${leaving} while [ ! -s "$FOLDER/escaped" ]; do sleep 0.01; done; echo $$ >"$FOLDER/pid"`;
      const result = run(script, {}, controller.signal);
      const escaped = await folder.left("escaped");
      try {
        await untilGone(await folder.left("pid"));
        assert.ok(pipeCount() > before);
        const reason = new Error("over");
        controller.abort(reason);
        await assert.rejects(result, reason);
        for (let turn = 0; turn < 10 && pipeCount() > before; turn += 1) await setImmediate();
        assert.equal(pipeCount(), before);
      } finally {
        process.kill(Number(escaped), "SIGKILL");
      }
    });
  });

  it("leaves nothing behind when this process exits with a run under way", async () => {
    const program = await folder.add("plugin", `echo $$ >"$FOLDER/pid"; sleep 600`);
    const text = `
      import { existsSync } from "node:fs";
      import { runToEnd } from ${JSON.stringify(join(import.meta.dirname, "provider-program.ts"))};
      void runToEnd({ program: process.argv[1], args: [], env: {}, input: "" }, new AbortController().signal);
      setInterval(() => existsSync(process.argv[2]) && process.exit(7), 5);
    `;
    const argv = ["--input-type=module", "--eval", text, program, folder.path("pid")];
    const parent = spawn(process.execPath, argv, { stdio: "inherit" });
    const [exitCode] = await once(parent, "exit");
    assert.equal(exitCode, 7);
    await untilGone(await folder.left("pid"));
  });

  it("leaves no listener behind", async () => {
    const before = process.listenerCount("exit");
    await Promise.all([run("echo"), run("exit 1")]);
    assert.equal(process.listenerCount("exit"), before);
  });
});
