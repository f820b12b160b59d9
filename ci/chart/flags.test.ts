import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Command, parseArguments, prefetchFlags } from "../../agent/cli.ts";
import { revisionOf } from "../../agent/revision.ts";
import { agentArguments } from "./helm.ts";

/** What the kubelet makes of the arguments: `$(NAME)` is a variable, `$$` a dollar sign. */
function expanded(argv: readonly string[]): readonly string[] {
  return argv.map((argument) => argument.replaceAll("$(NODE_NAME)", "node1").replaceAll("$$", "$"));
}

async function parsed(values: object): Promise<Extract<Command, { kind: "prefetch" }>["settings"]> {
  const command = await parseArguments(expanded(agentArguments({ values })), "0");
  assert.equal(command.kind, "prefetch", JSON.stringify(command));
  return (command as Extract<Command, { kind: "prefetch" }>).settings;
}

// Flags for work by hand, which the chart has no value for: `extraArgs` reaches them.
const notRendered = ["runtime-timeout", "termination-message-path"];

describe("the arguments that the chart renders", () => {
  it("are parsed as the values say", async () => {
    const images = ["nginx:1.29", "registry.example.com/a$b", "Nginx"];
    const settings = await parsed({
      images,
      instanceName: "held.Good-1",
      takeOver: "old/owner",
      pull: {
        policy: "Always",
        concurrency: 7,
        timeout: "1h30m",
        onFailure: "continue",
        retry: { initialDelay: "2s", maxDelay: "3m" },
      },
      label: { timeout: "90s" },
      criSocket: "/run/k3s/containerd/containerd.sock",
    });
    assert.deepEqual(settings, {
      instance: "held.Good-1",
      owner: "platform/my-images",
      takeOver: "old/owner",
      nodeName: "node1",
      sample: false,
      list: { kind: "arguments", lines: images },
      revision: revisionOf("Always", images),
      pullPolicy: "Always",
      concurrency: 7,
      pullTimeoutMs: 5_400_000,
      onFailure: "continue",
      retryInitialDelayMs: 2_000,
      retryMaxDelayMs: 180_000,
      labelTimeoutMs: 90_000,
      criSocket: "/run/k3s/containerd/containerd.sock",
      runtimeTimeoutMs: 60_000,
      terminationMessagePath: "/dev/termination-log",
    });
  });

  it("are the agent's own defaults where values.yaml says nothing else", async () => {
    const required = ["--instance=my-images", "--owner=platform/my-images", "--node-name=node1", "--image=x"];
    const command = await parseArguments(["prefetch", ...required], "0");
    assert.equal(command.kind, "prefetch");
    const byHand = (command as Extract<Command, { kind: "prefetch" }>).settings;
    const { list, revision, sample, ...rendered } = await parsed({});
    const { list: _, revision: __, sample: ___, ...defaults } = byHand;
    assert.deepEqual(rendered, defaults);
    assert.equal(sample, true, "values.yaml's own list is the sample");
    assert.deepEqual(list, { kind: "arguments", lines: ["registry.k8s.io/pause:3.10"] });
    assert.equal(revision, revisionOf("IfNotPresent", ["registry.k8s.io/pause:3.10"]));
  });

  it("may have the shortest and the longest duration that the chart takes", async () => {
    const settings = await parsed({ pull: { timeout: "576h", retry: { initialDelay: "1ms" } } });
    assert.equal(settings.pullTimeoutMs, 24 * 24 * 3_600_000);
    assert.equal(settings.retryInitialDelayMs, 1);
  });

  it("read the list from a file where it is in a ConfigMap", async () => {
    const existingList = { configMap: "list", key: "images.txt", revision: "1-0123456789ab" };
    const settings = await parsed({ existingList });
    assert.deepEqual(settings.list, { kind: "file", path: "/etc/prefetcher/images/images.txt" });
    assert.equal(settings.revision, "1-0123456789ab");
  });

  it("cover every flag of the agent but those for work by hand", () => {
    const existingList = { configMap: "list", key: "images.txt", revision: "1-0123456789ab" };
    const argv = [
      ...agentArguments({ values: { takeOver: "old/owner" } }),
      ...agentArguments({ values: { existingList } }),
    ];
    const rendered = new Set(argv.map((argument) => /^--([a-z-]+)/.exec(argument)?.[1]).filter(Boolean));
    assert.deepEqual([...rendered, ...notRendered].sort(), [...prefetchFlags].sort());
  });
});
