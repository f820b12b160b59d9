import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ensureParts } from "../cluster/cluster.ts";
import { type FaultScene, type ListEnd, openFaultScene } from "./support/fault-scene.ts";
import { proveFault } from "./support/fault-table.ts";
import { type LeakSearch, openLeakSearch } from "./support/leaks.ts";
import { openPrivateRegistry, type PrivateRegistry } from "./support/private-registry.ts";

const user = "node";
const password = `right-${randomBytes(9).toString("hex")}`;
const wrongPassword = `wrong-${randomBytes(9).toString("hex")}`;

/** A provider of the config, which is a program of that name, and the repository that it alone is asked for. */
interface Provider {
  readonly name: string;
  readonly program?: "static" | "dynamic";
  readonly args?: readonly string[];
  readonly password?: string;
  readonly repositories?: readonly string[];
  readonly tokenAttributes?: object;
}

const providers: readonly Provider[] = [
  { name: "static", program: "static" },
  { name: "dynamic", program: "dynamic" },
  { name: "late", program: "static", args: ["late"] },
  { name: "chatters", program: "static", args: ["chatters"] },
  { name: "garbage", program: "static", args: ["garbage"], repositories: ["garbage", "combined"] },
  { name: "wrong", program: "static", password: wrongPassword, repositories: ["wrong", "combined"] },
  { name: "right", program: "static", repositories: ["combined"] },
  { name: "huge", program: "static", args: ["huge"] },
  { name: "hangs", program: "static", args: ["hangs"] },
  { name: "fails", program: "static", args: ["fails"] },
  { name: "absent" },
  { name: "tokens", program: "static", tokenAttributes: { serviceAccountTokenAudience: "cloud" } },
];

const good = ["static", "dynamic", "late", "chatters", "combined"];
const bad = ["garbage", "wrong", "huge", "hangs", "fails", "absent", "tokens"];

// The one that hangs is killed after a minute, as by the kubelet.
const badTimeoutMs = 150_000;

describe("credential providers from the node", () => {
  let scene: FaultScene;
  let registry: PrivateRegistry;
  let leaks: LeakSearch;
  let folder: string;
  const resources = new AsyncDisposableStack();
  before(async () => {
    scene = resources.use(await openFaultScene("providers"));
    registry = resources.use(
      await openPrivateRegistry({ auth: "htpasswd", users: { [user]: password, other: "unused" } }),
    );
    leaks = resources.use(
      openLeakSearch(scene.scene, [
        { user, secret: password },
        { user, secret: wrongPassword },
      ]),
    );
    folder = await mkdtemp(join(tmpdir(), "providers-"));
    resources.defer(() => rm(folder, { recursive: true }));
    await Promise.all([...good, ...bad].map((name) => scene.push(name)));
    await layOut(folder, registry.address);
  });
  after(() => resources.disposeAsync());

  const imagesOf = (names: readonly string[]) =>
    names.map((name) => `${registry.address}/providers/${name}:1`);
  const prefetch = async (release: string, names: readonly string[], timeoutMs?: number) => {
    await scene.start(release, imagesOf(names), {
      credentialProviders: {
        enabled: true,
        configFile: join(folder, "config.yaml"),
        binDir: join(folder, "bin"),
      },
    });
    return scene.untilEnded(release, timeoutMs);
  };

  it("are run in the agent's image, static and dynamic, and in turn, and their passwords stand nowhere", async () => {
    const end = await prefetch("providers-good", good);
    assert.deepEqual([end.label, end.failures], ["succeeded", []]);
    assert.ok(
      refusalsIn(end).every(({ credential }) => credential?.endsWith("of credential provider wrong")),
    );
    await leaks.assertNone("providers-good");
  });

  it("row 13, that misbehave fail what they are for, say why, and leave all else alone", async () => {
    const row = {
      row: 13,
      fault:
        "credential providers answer garbage, 2 MiB, a wrong password, exit 3, hang, are absent or want a token",
      expected: "their images unauthorized with a sentence each, the others pulled, no password anywhere",
    };
    await proveFault(row, async () => {
      const end = await prefetch("providers-bad", [...bad, "static"], badTimeoutMs);
      assert.equal(end.label, "failed");
      assert.deepEqual(
        end.failures,
        imagesOf(bad)
          .map((image) => `${image} unauthorized`)
          .sort(),
      );
      for (const [name, why] of Object.entries(reasons)) {
        const { error = "" } =
          end.log.find(({ msg, image }) => msg === "image failed" && isOf(name, image)) ?? {};
        assert.match(error, why, name);
      }
      const last = end.log.findLast(({ msg }) => msg === "image failed" || msg === "image pulled");
      assert.ok(isOf("hangs", last?.image), "nobody else waits for the one that hangs");
      await leaks.assertNone("providers-bad");
      return `${bad.length} images unauthorized, each with its provider's fault`;
    });
  });

  const isOf = (name: string, image: string | undefined) => image?.includes(`/providers/${name}:`) ?? false;
});

// What the log says of each, of which no byte may be the plugin's own.
const reasons: Readonly<Record<string, RegExp>> = {
  garbage: /credential provider garbage, .* no JSON/,
  wrong: /tried with \S+ of credential provider wrong/,
  huge: /credential provider huge, .*1 MiB/,
  hangs: /credential provider hangs had not ended after 60 s and was killed/,
  fails: /credential provider fails, .*code 3/,
  absent: /credential provider absent\b.*absent/,
  tokens: /tokenAttributes/,
};

const refusalsIn = ({ log }: ListEnd) => log.filter(({ msg }) => msg === "credential refused");

/** Lays the plugins and their config out as a node's image does. */
async function layOut(folder: string, registry: string): Promise<void> {
  const [staticFolder = "", dynamicFolder = ""] = await ensureParts(
    ["static-provider", "dynamic-provider"],
    () => {},
  );
  const programs = {
    static: join(staticFolder, "credential-provider"),
    dynamic: join(dynamicFolder, "credential-provider"),
  };
  // Or the second plugin would prove no more than the first.
  assert.ok((await readFile(programs.dynamic)).includes("libc.so.6"));
  assert.ok(!(await readFile(programs.static)).includes("libc.so.6"));
  await mkdir(join(folder, "bin"));
  for (const { name, program } of providers)
    if (program !== undefined) await copyFile(programs[program], join(folder, "bin", name));
  await writeFile(join(folder, "config.yaml"), JSON.stringify(configOf(registry)));
  // The agent is not root.
  for (const path of [folder, join(folder, "bin")]) await chmod(path, 0o755);
}

function configOf(registry: string): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1",
    kind: "CredentialProviderConfig",
    providers: providers.map(({ name, args, repositories = [name], tokenAttributes, ...provider }) => ({
      name,
      matchImages: repositories.map((repository) => `${registry}/providers/${repository}`),
      defaultCacheDuration: "10m",
      apiVersion: "credentialprovider.kubelet.k8s.io/v1",
      ...(args === undefined ? {} : { args }),
      env: [
        { name: "PROVIDER_USER", value: user },
        { name: "PROVIDER_PASSWORD", value: provider.password ?? password },
      ],
      ...(tokenAttributes === undefined ? {} : { tokenAttributes }),
    })),
  };
}
