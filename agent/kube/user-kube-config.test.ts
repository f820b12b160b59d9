import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { loadUserKubeConfig } from "./user-kube-config.ts";

const server = "https://one.example.com";
const whole = {
  "current-context": "one",
  contexts: [
    { name: "one", context: { cluster: "c", user: "u", namespace: "ns" } },
    { name: "two", context: { cluster: "c" } },
    { name: "no-cluster", context: { cluster: "lost", user: "u" } },
    { name: "no-user", context: { cluster: "c", user: "lost" } },
    { name: "plain", context: { cluster: "plain" } },
    { name: "plain-on-purpose", context: { cluster: "plain-on-purpose" } },
    { name: "no-url", context: { cluster: "no-url" } },
    { name: "no-http", context: { cluster: "no-http" } },
  ],
  clusters: [
    { name: "c", cluster: { server } },
    { name: "plain", cluster: { server: "http://one.example.com" } },
    {
      name: "plain-on-purpose",
      cluster: { server: "http://one.example.com", "insecure-skip-tls-verify": true },
    },
    { name: "no-url", cluster: { server: "one.example.com" } },
    { name: "no-http", cluster: { server: "ftp://one.example.com" } },
  ],
  users: [{ name: "u", user: { token: "hunter2" } }],
};
const names = "one, two, no-cluster, no-user, plain, plain-on-purpose, no-url, no-http";

describe("loadUserKubeConfig()", () => {
  let folder: string;
  const { HOME: homeBefore, KUBECONFIG: kubeConfigBefore } = process.env;
  const setOrDelete = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    delete process.env.KUBECONFIG;
    process.env.HOME = folder;
  });
  afterEach(() => {
    setOrDelete("HOME", homeBefore);
    setOrDelete("KUBECONFIG", kubeConfigBefore);
  });

  async function write(name: string, content: object): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(content));
    return path;
  }

  it("takes the current context of KUBECONFIG's file, or the one that is named", async () => {
    process.env.KUBECONFIG = await write("whole", whole);
    assert.deepEqual(loadUserKubeConfig().context, {
      name: "one",
      cluster: "c",
      user: "u",
      namespace: "ns",
    });
    for (const name of ["two", "plain-on-purpose"]) {
      const { kubeConfig, context } = loadUserKubeConfig({ context: name });
      assert.equal(context.name, name);
      assert.equal(kubeConfig.getCurrentContext(), name);
    }
  });

  it("takes what several files have, and misses none of them", async () => {
    const { clusters, ...others } = whole;
    const paths = [await write("others", others), await write("clusters", { clusters })];
    process.env.KUBECONFIG = paths.join(delimiter);
    assert.equal(loadUserKubeConfig().kubeConfig.getCurrentCluster()?.server, server);
    process.env.KUBECONFIG = [...paths, join(folder, "none")].join(delimiter);
    assert.throws(() => loadUserKubeConfig(), { code: "ENOENT" });
  });

  it("takes the file in the home folder, and says where it would be where there is none", async () => {
    assert.throws(() => loadUserKubeConfig(), {
      message: "there is none at ~/.kube/config, and KUBECONFIG, which can name another file, is not set",
    });
    await mkdir(join(folder, ".kube"));
    await write(".kube/config", whole);
    assert.equal(loadUserKubeConfig().context.name, "one");
  });

  it("takes the file that is named, and no other", async () => {
    process.env.KUBECONFIG = await write("default", { ...whole, "current-context": "two" });
    const kubeconfig = await write("named", whole);
    assert.equal(loadUserKubeConfig({ kubeconfig }).context.name, "one");
    assert.equal(
      loadUserKubeConfig({ kubeconfig, context: "plain-on-purpose" }).context.name,
      "plain-on-purpose",
    );
    assert.throws(() => loadUserKubeConfig({ kubeconfig: join(folder, "none") }), { code: "ENOENT" });
  });

  const { "current-context": _, ...withoutCurrent } = whole;
  const unusable: readonly [content: object, contextName: string | undefined, message: string][] = [
    [whole, "three", `it has no context three; choose one by --context: ${names}`],
    [
      { ...whole, "current-context": "gone" },
      undefined,
      `it has no context gone; choose one by --context: ${names}`,
    ],
    [withoutCurrent, undefined, `no context is current; choose one by --context: ${names}`],
    [{}, undefined, "no context is current; it has no context at all"],
    [whole, "no-cluster", "its context no-cluster names the cluster lost, which it does not have"],
    [whole, "no-user", "its context no-user names the user lost, which it does not have"],
    [
      whole,
      "plain",
      "the server of its cluster plain is an http:// URL, which needs insecure-skip-tls-verify: true beside it",
    ],
    [whole, "no-url", "the server of its cluster no-url is no https:// URL"],
    [whole, "no-http", "the server of its cluster no-http is no https:// URL"],
  ];
  for (const [content, contextName, message] of unusable) {
    it(`throws: ${message}`, async () => {
      process.env.KUBECONFIG = await write("unusable", content);
      assert.throws(() => loadUserKubeConfig({ context: contextName }), { message });
    });
  }
});
