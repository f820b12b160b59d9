import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { logLinesIn, prefetchArguments, startAgent } from "../testing/agent-process.ts";
import { type ApiServer, startApiServer } from "../testing/api-server.ts";
import { type CriServer, startCriServer } from "../testing/cri-server.ts";
import {
  answering,
  createPluginFolder,
  type PluginFolder,
  responseWith,
  untilGone,
} from "../testing/plugin-folder.ts";

describe("an agent with credential providers", () => {
  let cri: CriServer;
  let api: ApiServer;
  let folder: PluginFolder;
  before(async () => {
    [cri, api] = await Promise.all([startCriServer(), startApiServer()]);
  });
  after(() => Promise.all([cri.close(), api.close()]));
  beforeEach(async () => {
    folder = await createPluginFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  function start(...argv: readonly string[]) {
    const flags = [
      `--credential-providers-config-file=${folder.configFile}`,
      `--credential-providers-bin-dir=${folder.binDir}`,
      "--on-failure=exit",
    ];
    const env = { KUBECONFIG: api.kubeConfigPath };
    return startAgent(prefetchArguments(cri.socketPath, ...flags, ...argv), { env });
  }

  it("pulls with what the plugin has, after one run for all images of a registry", async () => {
    await folder.configure({ name: "p", defaultCacheDuration: "1h" }, { name: "t", tokenAttributes: {} });
    const auth = { "*.example.com": { username: "me", password: "QZsecret" } };
    await folder.add("p", answering(responseWith({ cacheKeyType: "Registry", auth })));
    const images = Array.from({ length: 10 }, (_, index) => `--image=a.example.com/team/${index}`);
    const { exitCode, stdout, stderr } = await start(...images).ended;
    assert.equal(exitCode, 0);
    const passwords = JSON.stringify(cri.messages).match(/"password":"QZsecret"/g);
    assert.equal(passwords?.length, 10);
    assert.equal(await folder.runCount("p"), 1);
    const problems = logLinesIn(stdout).flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    assert.equal(problems.length, 1);
    assert.match(String(problems[0]), /providers\[1\]\.tokenAttributes/);
    assert.ok(!`${stdout}${stderr}`.includes("QZ"));
  });

  it("ends within two seconds when it is told to, and leaves no plugin behind", async () => {
    await folder.configure({ name: "p" });
    await folder.add("p", `echo $$ >"$FOLDER/pid"; sleep 600`);
    const { child, ended } = start("--image=a.example.com/slow");
    const pid = await folder.left("pid");
    const startMs = performance.now();
    child.kill("SIGTERM");
    assert.equal((await ended).exitCode, 143);
    assert.ok(performance.now() - startMs < 2_000);
    await untilGone(pid);
  });
});
