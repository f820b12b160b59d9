import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cleanupOptions } from "../../agent/cleanup-flags.ts";
import { type Command, parseArguments } from "../../agent/cli.ts";
import { verifyOptions } from "../../agent/verify-flags.ts";
import { type Manifest, render } from "./helm.ts";

interface PodSpec {
  readonly containers: readonly [{ readonly args: readonly string[] }];
}

interface Hook extends Manifest {
  readonly spec: PodSpec & { readonly template?: { readonly spec: PodSpec } };
}

/** The arguments of the one pod that Helm starts at that event. */
function hookArguments(event: string, values: object = {}): readonly string[] {
  const [pod, ...others] = render({ values }).filter(
    ({ kind, metadata }) =>
      (kind === "Job" || kind === "Pod") && metadata.annotations?.["helm.sh/hook"] === event,
  ) as unknown as readonly Hook[];
  assert.ok(pod !== undefined, `there is no pod at ${event}`);
  assert.equal(others.length, 0, `there is more than one pod at ${event}`);
  return (pod.spec.template?.spec ?? pod.spec).containers[0].args;
}

async function parsed<Kind extends Command["kind"]>(
  kind: Kind,
  argv: readonly string[],
): Promise<Extract<Command, { kind: Kind }>> {
  // The kubelet writes `$` for `$$`.
  const command = await parseArguments(
    argv.map((argument) => argument.replaceAll("$$", "$")),
    "0",
  );
  assert.equal(command.kind, kind, JSON.stringify(command));
  return command as Extract<Command, { kind: Kind }>;
}

function flagsOf(argv: readonly string[]): readonly string[] {
  return argv.flatMap((argument) => /^--([a-z-]+)/.exec(argument)?.[1] ?? []);
}

const orphans = { cleanup: { orphans: true } };

describe("the arguments of the cleanup after an uninstall", () => {
  it("name what the release wrote, and the pods that may still write it", async () => {
    const { settings } = await parsed("cleanup", hookArguments("post-delete"));
    assert.deepEqual(settings, {
      target: { kind: "instance", instance: "my-images", owner: "platform/my-images" },
      isAfterUninstall: true,
      podSelector: {
        "app.kubernetes.io/name": "prefetcher",
        "app.kubernetes.io/instance": "my-images",
      },
      podTimeoutMs: 120_000,
      includesUnowned: false,
      isDryRun: false,
      context: undefined,
      kubeconfig: undefined,
    });
  });

  it("are parsed as the values say", async () => {
    const values = { instanceName: "held.Good_1", nameOverride: "images", ...orphans };
    const { settings } = await parsed("cleanup", hookArguments("post-delete", values));
    assert.deepEqual(settings.target, {
      kind: "instance",
      instance: "held.Good_1",
      owner: "platform/my-images",
    });
    assert.equal(settings.podSelector?.["app.kubernetes.io/name"], "images");
  });
});

describe("the arguments of the cleanup after an upgrade", () => {
  it("name what the release left behind, under whatever instance", async () => {
    const { settings } = await parsed("cleanup", hookArguments("post-upgrade", orphans));
    assert.deepEqual(settings.target, { kind: "orphans", owner: "platform/my-images" });
    assert.deepEqual(settings.podSelector, {
      "app.kubernetes.io/name": "prefetcher",
      "app.kubernetes.io/instance": "my-images",
    });
    assert.equal(settings.isAfterUninstall, false);
    assert.equal(settings.podTimeoutMs, 120_000);
    assert.equal(settings.isDryRun, false);
  });
});

describe("the arguments of the cleanup", () => {
  it("name the pods of the DaemonSet, whatever its labels", async () => {
    for (const own of [{}, { nameOverride: "images" }, { podLabels: { "example.com/a": "b" } }]) {
      const values = { ...own, ...orphans };
      const daemonSet = render({ values }).find(({ kind }) => kind === "DaemonSet") as unknown as {
        readonly spec: { readonly selector: { readonly matchLabels: object } };
      };
      for (const event of ["post-delete", "post-upgrade"]) {
        const { settings } = await parsed("cleanup", hookArguments(event, values));
        assert.deepEqual(settings.podSelector, daemonSet.spec.selector.matchLabels);
      }
    }
  });

  it("cover every flag of the command but those for work by hand", () => {
    const byHand = ["context", "dry-run", "include-unowned", "kubeconfig"];
    const rendered = [
      ...flagsOf(hookArguments("post-delete")),
      ...flagsOf(hookArguments("post-upgrade", orphans)),
    ];
    assert.deepEqual([...new Set([...rendered, ...byHand])].sort(), Object.keys(cleanupOptions).sort());
    for (const flag of byHand) assert.ok(!rendered.includes(flag), flag);
  });
});

describe("the arguments of the test", () => {
  it("ask for the release's list on all of its nodes that are Ready", async () => {
    const argv = hookArguments("test");
    const { settings } = await parsed("verify", argv);
    assert.deepEqual(settings, {
      namespace: "platform",
      release: "my-images",
      instance: undefined,
      revision: "1-b45f4b0e9b7b",
      minPercent: 100,
      includesNotReady: false,
      output: "table",
      context: undefined,
      kubeconfig: undefined,
    });
  });

  it("are parsed as the values say", async () => {
    const existingList = { configMap: "list", key: "images.txt", revision: "1-0123456789ab" };
    const test = { minPercent: 1, includeNotReady: true };
    const { settings } = await parsed("verify", hookArguments("test", { existingList, test }));
    assert.equal(settings.revision, "1-0123456789ab");
    assert.equal(settings.minPercent, 1);
    assert.equal(settings.includesNotReady, true);
  });

  it("cover every flag of the command but those for work by hand", () => {
    const byHand = ["context", "instance", "kubeconfig", "output"];
    const rendered = flagsOf(hookArguments("test", { test: { includeNotReady: true } }));
    assert.deepEqual([...rendered, ...byHand].sort(), Object.keys(verifyOptions).sort());
  });
});
