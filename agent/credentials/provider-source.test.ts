import assert from "node:assert/strict";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { CredentialSource } from "../keyring.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  answering,
  configOf,
  createPluginFolder,
  type PluginFolder,
  responseWith,
  untilGone,
} from "../testing/plugin-folder.ts";
import { createRecordingLog } from "../testing/recording-log.ts";
import { createKeyring } from "./create-keyring.ts";
import { createCredentialProviders } from "./provider-source.ts";

const never = new AbortController().signal;
const image = "a.example.com/team/app";

describe("createCredentialProviders()", () => {
  let folder: PluginFolder;
  let clock: FakeClock;
  let source: CredentialSource;
  beforeEach(async () => {
    folder = await createPluginFolder();
    clock = createFakeClock();
    source = createCredentialProviders({ configFile: folder.configFile, binDir: folder.binDir, clock });
  });
  afterEach(async () => {
    assert.equal(clock.pendingCount(), 0);
    await folder[Symbol.asyncDispose]();
  });

  const place = () => `credential provider config ${folder.configFile}`;
  const login = (username: string) => ({ username, password: "secret" });
  const addAnswering = (name: string, auth: object, fields: object = {}) =>
    folder.add(name, answering(responseWith({ auth, ...fields })));

  async function ask(repositoryName = image) {
    const { credentials, problems } = await source.credentialsFor(repositoryName, never);
    return { users: credentials.map(({ username, origin }) => `${username}: ${origin}`), problems };
  }

  it("has what the plugin answers, with its key and its name as the origin", async () => {
    await folder.configure({ name: "p" });
    await addAnswering("p", { "*.example.com": login("me") });
    assert.deepEqual(await ask(), { users: ["me: *.example.com of credential provider p"], problems: [] });
  });

  it("asks those alone that match the image", async () => {
    await folder.configure(
      { name: "other", matchImages: ["example.com", "b.example.com"] },
      { name: "path", matchImages: ["a.example.com/tea", "a.example.com:443"] },
      { name: "hub", matchImages: ["x.io", "docker.io"] },
    );
    for (const name of ["other", "path", "hub"]) await addAnswering(name, { "docker.io": login(name) });
    assert.deepEqual(await ask("docker.io/library/nginx"), {
      users: ["hub: docker.io of credential provider hub"],
      problems: [],
    });
    await ask(image);
    assert.deepEqual(await Promise.all(["other", "path", "hub"].map(folder.runCount)), [0, 1, 1]);
    assert.deepEqual(await ask("nonsense"), { users: [], problems: [] });
  });

  it("makes one keyring of all answers: the longer key first, of equal keys the earlier provider's", async () => {
    await folder.configure({ name: "first" }, { name: "second" });
    await addAnswering("first", { "*.example.com": login("wide"), "a.example.com": login("early") });
    await addAnswering("second", {
      "a.example.com": login("late"),
      "a.example.com/team": login("near"),
      "b.example.com": login("elsewhere"),
    });
    assert.deepEqual((await ask()).users, [
      "near: a.example.com/team of credential provider second",
      "early: a.example.com of credential provider first",
      "late: a.example.com of credential provider second",
      "wide: *.example.com of credential provider first",
    ]);
  });

  it("has what the others answer where one fails or is badly configured", async () => {
    await folder.configure({ name: "bad", tokenAttributes: {} }, { name: "broken" }, { name: "good" });
    await folder.add("broken", "echo QZsecret; echo QZsecret >&2; exit 1");
    await addAnswering("good", { "*.example.com": login("me") });
    const { users, problems } = await ask();
    assert.deepEqual(users, ["me: *.example.com of credential provider good"]);
    const [run = "", config = "", ...others] = problems;
    assert.ok(config.startsWith(`${place()}: providers[0].tokenAttributes asks for the token`), config);
    assert.match(
      run,
      /^credential provider broken, asked for a\.example\.com\/team\/app, ended with exit code 1/,
    );
    assert.deepEqual(others, []);
    assert.doesNotMatch(problems.join(), /QZ/);
  });

  it("says what is wrong with the config, and has what it has as soon as that is mended", async () => {
    assert.deepEqual(await ask(), { users: [], problems: [`${place()} is not there`] });
    await mkdir(folder.configFile);
    assert.deepEqual(await ask(), { users: [], problems: [`${place()} cannot be read (EISDIR)`] });
    await rm(folder.configFile, { recursive: true });
    await writeFile(folder.configFile, "QZ: [");
    assert.deepEqual(await ask(), { users: [], problems: [`${place()} is neither YAML nor JSON (line 1)`] });
    await folder.configure({ name: "p" });
    await addAnswering("p", { "*.example.com": login("me") });
    assert.equal((await ask()).users.length, 1);
  });

  it("keeps answers while the config is the same, also if it could not be read meanwhile", async () => {
    const config = { name: "p", defaultCacheDuration: "1h" };
    await folder.configure(config);
    await addAnswering("p", { "*.example.com": login("me") });
    await ask();
    await ask();
    await rm(folder.configFile);
    assert.deepEqual((await ask()).users, []);
    await folder.configure(config);
    await ask();
    assert.equal(await folder.runCount("p"), 1);
    await folder.configure({ ...config, args: ["changed"] });
    await ask();
    assert.equal(await folder.runCount("p"), 2);
  });

  it("rejects with the signal's reason while plugins run, and kills them", async () => {
    await folder.configure({ name: "p" }, { name: "q" });
    for (const name of ["p", "q"]) await folder.add(name, `echo $$ >"$FOLDER/${name}"; sleep 600`);
    const controller = new AbortController();
    const answer = source.credentialsFor(image, controller.signal);
    const pids = await Promise.all(["p", "q"].map(folder.left));
    const reason = new Error("over");
    controller.abort(reason);
    await assert.rejects(answer, reason);
    await Promise.all(pids.map(untilGone));
    await assert.rejects(source.credentialsFor(image, controller.signal), reason);
  });

  it("ends a plugin that hangs at its deadline, and has what the others answer", async () => {
    await folder.configure({ name: "slow", matchImages: ["a.example.com"] }, { name: "good" });
    await folder.add("slow", `echo $$ >"$FOLDER/slow"; sleep 600`);
    const fields = { cacheKeyType: "Global", cacheDuration: "1h" };
    await addAnswering("good", { "*.example.com": login("me") }, fields);
    // It has answered by the time that the clock, which is its clock too, is set forward.
    await ask("b.example.com/x");
    const answer = ask();
    const pid = await folder.left("slow");
    await clock.advance(60_000);
    const { users, problems } = await answer;
    assert.deepEqual(users, ["me: *.example.com of credential provider good"]);
    assert.deepEqual(problems, ["credential provider slow had not ended after 60 s and was killed"]);
    await untilGone(pid);
  });
});

describe("createKeyring()", () => {
  it("has the credential providers after the pull secrets, and tells each of their problems once", async () => {
    await using folder = await createPluginFolder();
    const secret = folder.path("team-a");
    await mkdir(secret);
    const config = JSON.stringify({ auths: { "a.example.com": { username: "secret's", password: "p" } } });
    await writeFile(join(secret, ".dockerconfigjson"), config);
    await writeFile(folder.configFile, configOf({ name: "p" }));
    await chmod(await folder.add("p", answering()), 0o644);
    const log = createRecordingLog();
    const clock = createFakeClock();
    const { configFile, binDir } = folder;
    const credentialProviders = { configFile, binDir };
    const keyring = createKeyring({ pullSecretFolders: [secret], credentialProviders, clock, log });
    const ask = () => Promise.all(keyring.map((source) => source.credentialsFor(image, never)));
    await ask();
    const found = await ask();
    assert.deepEqual(
      found.map(({ credentials }) => credentials.map(({ username }) => username)),
      [["secret's"], []],
    );
    const problem = found[1]?.problems[0] ?? "";
    assert.match(problem, /^credential provider p cannot be started/);
    assert.deepEqual(
      log.lines.map(({ fields }) => fields),
      [{ problem }],
    );
  });

  it("has no source where there is none", () => {
    const options = { pullSecretFolders: [], credentialProviders: undefined };
    assert.deepEqual(createKeyring({ ...options, clock: createFakeClock(), log: createRecordingLog() }), []);
  });
});
