import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Command, parseArguments, prefetchFlags } from "../../agent/cli.ts";
import { keepOptions } from "../../agent/flags.ts";
import { entriesFromLines, linesOf } from "../../agent/image-list.ts";
import { type PullPolicy, revisionOf } from "../../agent/revision.ts";
import { agentArguments, keepArguments, type RenderOptions } from "./helm.ts";
import vectors from "./revision-vectors.json" with { type: "json" };

/** What the kubelet makes of the arguments: `$(NAME)` is a variable, `$$` a dollar sign. */
function expanded(argv: readonly string[]): readonly string[] {
  return argv.map((argument) => argument.replaceAll("$(NODE_NAME)", "node1").replaceAll("$$", "$"));
}

type SettingsOf<Kind extends Command["kind"]> = Extract<
  Command,
  { readonly kind: Kind; readonly settings: unknown }
>["settings"];

async function parsed(values: object): Promise<SettingsOf<"prefetch">> {
  return await settingsFrom("prefetch", agentArguments({ values }));
}

async function parsedKeep(values: object): Promise<SettingsOf<"keep">> {
  return await settingsFrom("keep", keepArguments({ values: { mode: "keep", ...values } }));
}

async function settingsFrom<Kind extends "prefetch" | "keep">(
  kind: Kind,
  argv: readonly string[],
): Promise<SettingsOf<Kind>> {
  const command = await parseArguments(expanded(argv), "0");
  assert.equal(command.kind, kind, JSON.stringify(command));
  const { settings } = command as Extract<Command, { kind: "prefetch" | "keep" }>;
  return settings as SettingsOf<Kind>;
}

// Flags for work by hand and for trials, which the chart has no value for: `extraArgs` reaches them.
const notRendered = ["backoff-scale", "runtime-timeout", "stagger-node-age", "termination-message-path"];

// As each makes it by default; `k3s` and `rke2` share one.
const sockets = [
  ["containerd", "/run/containerd/containerd.sock"],
  ["crio", "/run/crio/crio.sock"],
  ["k0s", "/run/k0s/containerd.sock"],
  ["k3s", "/run/k3s/containerd/containerd.sock"],
  ["microk8s", "/var/snap/microk8s/common/run/containerd.sock"],
  ["rke2", "/run/k3s/containerd/containerd.sock"],
] as const;

// Between them they have every flag that the chart renders.
const everyKindOfValues: readonly object[] = [
  {
    takeOver: "old/owner",
    pull: { attemptTimeout: "10m", secrets: ["team-a"] },
    credentialProviders: { enabled: true, configFile: "/etc/config.json", binDir: "/opt/bin" },
  },
  { existingList: { configMap: "list", key: "images.txt", revision: "1-0123456789ab" } },
];

/** The arguments of the init container in mode keep. */
const agentOfKeepArguments: typeof agentArguments = ({ values, ...options } = {}) =>
  agentArguments({ values: { mode: "keep", ...values }, ...options });

function flagsRendered(argumentsOf: (options: RenderOptions) => readonly string[]): readonly string[] {
  const argv = everyKindOfValues.flatMap((values) => argumentsOf({ values }));
  return [...new Set(argv.flatMap((argument) => /^--([a-z-]+)/.exec(argument)?.[1] ?? []))];
}

describe("the arguments that the chart renders", () => {
  it("are parsed as the values say", async () => {
    const images = [
      "nginx:1.29",
      { ref: "registry.example.com/a$b", required: false },
      { ref: "Nginx", platforms: ["linux/arm64", "linux/amd64"] },
    ];
    const lines = [
      "nginx:1.29",
      "registry.example.com/a$b required=false",
      "Nginx platforms=linux/amd64,linux/arm64",
    ];
    const settings = await parsed({
      images,
      instanceName: "held.Good-1",
      takeOver: "old/owner",
      pull: {
        policy: "Always",
        concurrency: 7,
        timeout: "1h30m",
        attemptTimeout: "10m",
        onFailure: "continue",
        retry: { initialDelay: "2s", maxDelay: "3m" },
        secrets: ["team-b", { name: "team-a", optional: true }],
      },
      credentialProviders: { enabled: true, configFile: "/etc/config.json", binDir: "/opt/bin" },
      disk: { minFreePercent: 35 },
      stagger: { window: "20m" },
      label: { timeout: "90s" },
      criSocket: "/run/k3s/containerd/containerd.sock",
    });
    assert.deepEqual(settings, {
      instance: "held.Good-1",
      owner: "platform/my-images",
      takeOver: "old/owner",
      nodeName: "node1",
      sample: false,
      list: { kind: "arguments", lines },
      revision: revisionOf("Always", lines),
      pullPolicy: "Always",
      concurrency: 7,
      pullTimeoutMs: 5_400_000,
      attemptTimeoutMs: 600_000,
      minFreePercent: 35,
      onFailure: "continue",
      retryInitialDelayMs: 2_000,
      retryMaxDelayMs: 180_000,
      intervalMs: undefined,
      staggerWindowMs: 1_200_000,
      staggerNodeAgeMs: 600_000,
      labelTimeoutMs: 90_000,
      backoffScale: 1,
      pullSecretFolders: ["/etc/prefetcher/pull-secrets/team-b", "/etc/prefetcher/pull-secrets/team-a"],
      credentialProviders: {
        configFile: "/etc/prefetcher/credential-providers/config.yaml",
        binDir: "/etc/prefetcher/credential-providers/bin",
      },
      criSocket: "/run/k3s/containerd/containerd.sock",
      runtimeTimeoutMs: 60_000,
      terminationMessagePath: "/dev/termination-log",
      sleeper: "/snooze",
    });
  });

  it("are the agent's own defaults where values.yaml says nothing else", async () => {
    const required = ["--instance=my-images", "--owner=platform/my-images", "--node-name=node1", "--image=x"];
    const command = await parseArguments(["prefetch", ...required], "0");
    assert.equal(command.kind, "prefetch");
    const byHand = (command as Extract<Command, { kind: "prefetch" }>).settings;
    const { list, revision, sample, sleeper, ...rendered } = await parsed({});
    const { list: _, revision: __, sample: ___, sleeper: ____, ...defaults } = byHand;
    assert.deepEqual(rendered, defaults);
    assert.equal(sleeper, "/snooze", "the image has a sleeper, which nobody has by hand");
    assert.equal(sample, true, "values.yaml's own list is the sample");
    assert.deepEqual(list, { kind: "arguments", lines: ["registry.k8s.io/pause:3.10"] });
    assert.equal(revision, revisionOf("IfNotPresent", ["registry.k8s.io/pause:3.10"]));
  });

  it("name the socket that the runtime has, where criSocket names none", async () => {
    for (const [runtime, criSocket] of sockets) {
      assert.equal((await parsed({ runtime })).criSocket, criSocket, runtime);
    }
  });

  it("name criSocket where there is one, whatever the runtime", async () => {
    const criSocket = "/run/own.d/own.sock";
    for (const runtime of ["containerd", "k3s", "custom"]) {
      assert.equal((await parsed({ runtime, criSocket })).criSocket, criSocket, runtime);
    }
  });

  it("may have the shortest and the longest duration that the chart takes", async () => {
    const settings = await parsed({
      pull: { timeout: "576h", attemptTimeout: "576h", retry: { initialDelay: "1ms" } },
      stagger: { window: "576h" },
    });
    assert.equal(settings.staggerWindowMs, 24 * 24 * 3_600_000);
    assert.equal(settings.pullTimeoutMs, 24 * 24 * 3_600_000);
    assert.equal(settings.attemptTimeoutMs, 24 * 24 * 3_600_000);
    assert.equal(settings.retryInitialDelayMs, 1);
  });

  it("may have the least and the most free space that the chart takes", async () => {
    for (const minFreePercent of [0, 90]) {
      assert.equal((await parsed({ disk: { minFreePercent } })).minFreePercent, minFreePercent);
    }
  });

  it("let extraArgs scale the waits, for which there is no value", async () => {
    for (const [argument, backoffScale] of [
      ["--backoff-scale=0.01", 0.01],
      ["--backoff-scale=10", 10],
    ] as const) {
      assert.equal((await parsed({ extraArgs: [argument] })).backoffScale, backoffScale);
    }
  });

  it("spell the entries as the agent does, so that both count the same revision", async () => {
    for (const { images, revision, policy } of vectors) {
      if (images === undefined) continue;
      const { list } = await parsed({ images, pull: { policy } });
      const lines = list.kind === "arguments" ? list.lines : [];
      assert.deepEqual(linesOf(entriesFromLines(lines)), lines);
      assert.equal(revisionOf(policy as PullPolicy, linesOf(entriesFromLines(lines))), revision);
    }
  });

  it("read the list from a file where it is in a ConfigMap", async () => {
    const existingList = { configMap: "list", key: "images.txt", revision: "1-0123456789ab" };
    const settings = await parsed({ existingList });
    assert.deepEqual(settings.list, { kind: "file", path: "/etc/prefetcher/images/images.txt" });
    assert.equal(settings.revision, "1-0123456789ab");
  });

  it("cover every flag of the agent but those for work by hand", () => {
    const rendered = flagsRendered(agentOfKeepArguments);
    assert.deepEqual([...rendered, ...notRendered].sort(), [...prefetchFlags].sort());
  });
});

describe("the arguments that the chart renders for mode keep", () => {
  it("are those that the list is pulled with, and how long it is from look to look", async () => {
    for (const values of everyKindOfValues) {
      const settings = await parsedKeep({ ...values, keep: { interval: "1h30m" } });
      assert.equal(settings.intervalMs, 5_400_000);
      assert.deepEqual({ ...settings, intervalMs: undefined }, await parsed(values));
    }
  });

  it("leave the flags of the list's pulls as they are in mode once, and tell them how often to look meanwhile", () => {
    for (const values of everyKindOfValues) {
      const [command, ...others] = agentArguments({ values });
      assert.deepEqual(agentOfKeepArguments({ values }), [command, "--interval=10m", ...others]);
    }
  });

  it("may have the shortest and the longest interval that the chart takes", async () => {
    assert.equal((await parsedKeep({ keep: { interval: "10s" } })).intervalMs, 10_000);
    assert.equal((await parsedKeep({ keep: { interval: "576h" } })).intervalMs, 24 * 24 * 3_600_000);
  });

  it("are the agent's own default where values.yaml says nothing else", async () => {
    const required = ["--instance=my-images", "--owner=platform/my-images", "--node-name=node1", "--image=x"];
    const byHand = await settingsFrom("keep", ["keep", ...required]);
    assert.equal((await parsedKeep({})).intervalMs, byHand.intervalMs);
  });

  it("cover every flag of the agent but those for work by hand", () => {
    const rendered = flagsRendered(({ values }) => keepArguments({ values: { mode: "keep", ...values } }));
    assert.deepEqual([...rendered, ...notRendered].sort(), Object.keys(keepOptions).sort());
  });
});
