import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { revisionOf } from "../../agent/revision.ts";
import { version } from "../../agent/version.ts";
import { runCommand } from "../run-command.ts";
import { type BuiltPlugin, buildPlugin } from "./build-plugin.ts";
import { kubeconfigFor, startProxiedApiServer } from "./proxied-api-server.ts";

describe("buildPlugin()", () => {
  const folder = mkdtempSync(join(tmpdir(), "plugin-"));
  let built: BuiltPlugin;
  before(async () => {
    built = await buildPlugin(join(folder, "dist"));
  });
  after(() => rmSync(folder, { recursive: true }));
  // The program names no path to its Node.js: `env` looks for it.
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const run = (program: string, ...args: string[]) =>
    runCommand(program, args, { cwd: folder, env, timeoutMs: 30_000 });

  it("makes a file that anyone may run, by kubectl's name for it", () => {
    assert.equal(built.program, join(folder, "dist/kubectl-prefetcher"));
    assert.equal(statSync(built.program).mode & 0o777, 0o755);
  });

  for (const [above, packageJson] of [
    ["no package.json", undefined],
    ["one that says nothing of modules", {}],
    ["one of CommonJS", { type: "commonjs" }],
    ["one of ES modules", { type: "module" }],
  ] as const) {
    it(`runs where there is ${above} above it, and warns of nothing`, async () => {
      const copy = join(mkdtempSync(join(folder, "path-")), "bin/kubectl-prefetcher");
      mkdirSync(dirname(copy));
      if (packageJson !== undefined)
        writeFileSync(join(dirname(copy), "../package.json"), JSON.stringify(packageJson));
      await runCommand("install", [built.program, copy]);
      assert.deepEqual(await run(copy, "--version"), { stdout: `${version}\n`, stderr: "" });
    });
  }

  it("has no syntax that only Node.js 24 knows", () => {
    const text = readFileSync(built.program, "utf8");
    assert.doesNotMatch(text, /[;{}](?:await )?using [\w$]+=/);
  });

  it("runs by a link to it", async () => {
    symlinkSync(built.program, join(folder, "kubectl-prefetcher"));
    assert.equal((await run(join(folder, "kubectl-prefetcher"), "--version")).stdout, `${version}\n`);
  });

  it("says a list's revision, as the agent does", async () => {
    const image = "registry.example.com/shop/web:1";
    const { stdout } = await run(built.program, "revision", `--image=${image}`);
    assert.equal(stdout, `${revisionOf("IfNotPresent", [image])}\n`);
  });

  it("ends with 2 for what it does not understand", async () => {
    await assert.rejects(run(built.program, "revision", "--no-such-flag"), { exitCode: 2 });
  });

  it("asks the API server that the kubeconfig names", async () => {
    const asked: string[] = [];
    const server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ kind: "DaemonSetList", apiVersion: "apps/v1", metadata: {}, items: [] }));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const KUBECONFIG = join(folder, "kubeconfig");
      const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
      writeFileSync(KUBECONFIG, kubeconfigFor(cluster));
      const options = { cwd: folder, env: { ...env, KUBECONFIG }, timeoutMs: 30_000 };
      const verify = runCommand(built.program, ["verify", "--release=r", "--namespace=n"], options);
      await assert.rejects(verify, { exitCode: 2 });
      assert.match(asked[0] ?? "", /^\/apis\/apps\/v1\/namespaces\/n\/daemonsets\b/);
    } finally {
      server.close();
    }
  });

  it("asks it through the proxy that the kubeconfig names, and checks its certificate", async () => {
    await using api = await startProxiedApiServer(folder);
    const statusOf = (cluster: object) => {
      const kubeconfig = join(folder, "proxied");
      writeFileSync(kubeconfig, kubeconfigFor(cluster));
      return run(built.program, "status", "--output=json", `--kubeconfig=${kubeconfig}`);
    };
    const { stdout } = await statusOf(api.cluster);
    assert.deepEqual(JSON.parse(stdout).releases, []);
    assert.deepEqual([...new Set(api.targets)], ["api.example.com:6443"]);
    const startMs = performance.now();
    const unknown = statusOf({ ...api.cluster, "certificate-authority-data": undefined });
    await assert.rejects(unknown, { exitCode: 3 });
    assert.ok(performance.now() - startMs < 15_000, "what cannot heal is told at once");
    assert.match(api.asked[0] ?? "", /^\/apis\/apps\/v1\/namespaces\/default\/daemonsets\b/);
  });

  it("names whose code is in it, in files beside it", () => {
    const [packages = "", ...others] = built.licences.map((file) => readFileSync(file, "utf8"));
    for (const name of ["yargs", "pino", "@kubernetes/client-node"])
      assert.match(packages, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, "m"));
    assert.ok(others.length === 1 && others.every((text) => text.length > 0));
    assert.deepEqual(
      built.licences.map((file) => dirname(file)),
      [join(folder, "dist"), join(folder, "dist")],
    );
  });
});
