import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { type Cluster, down, up } from "../cluster/cluster.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { nextSteps } from "../demo/next-steps.ts";
import { pushSampleImages } from "../demo/sample-images.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { storyClusters } from "../test/story-clusters.ts";
import { shellBlocksOf } from "./support/shell-blocks.ts";

// What a reader's cluster and registry are here. Everything else runs as it is printed.
const substitutions: readonly { readonly printed: RegExp; readonly run: string; readonly why: string }[] = [
  {
    printed: /npm run demo(?: -- (down))?/g,
    run: `npm run demo -- $1 --name ${storyClusters.readmeDemo}`,
    why: "a demo that somebody has up on this machine is not ours to end",
  },
  { printed: /npm test/g, run: "true", why: "this test is part of it" },
  {
    printed: /--push registry\.example\.com/g,
    run: '--plain-http --push "$REGISTRY"',
    why: "to the nodes registry.example.com is the cluster's registry; for the shell that has an address",
  },
];

// A cluster of its own: README's release has the chart's default nodeSelector and so works on every node there is.
const name = storyClusters.readme;

describe("README.md", () => {
  const blocks = shellBlocksOf(readFileSync(join(root, "README.md"), "utf8"));
  let cluster: Cluster;
  let outputs: readonly string[] = [];

  before(async () => {
    await down({ name });
    cluster = await up({ name, nodes: 2, log: () => {} });
    await pushSampleImages(cluster.registry);
  });
  after(async () => {
    await down({ name });
    await down({ name: storyClusters.readmeDemo });
  });

  /** What the script prints in a shell in this checkout that has the cluster's environment. */
  const shell = async (script: string) => {
    const env = { ...process.env, ...cluster.environment };
    return (await runCommand("bash", ["-euo", "pipefail", "-c", script], { cwd: root, env })).stdout;
  };

  it("has shell blocks that run in order, with no more than three substitutions", async () => {
    assert.ok(blocks.length >= 10, `${blocks.length} blocks`);
    assert.ok(substitutions.length <= 3);
    for (const { printed } of substitutions) {
      assert.ok(
        blocks.some((block) => block.search(printed) !== -1),
        `${printed} is in no block any more`,
      );
    }
    const collected: string[] = [];
    for (const block of blocks) {
      const script = substitutions.reduce((text, { printed, run }) => text.replace(printed, run), block);
      collected.push(await shell(script));
    }
    outputs = collected;
  });

  const outputOf = (text: string) => {
    const index = blocks.findIndex((block) => block.includes(text));
    assert.notEqual(index, -1, `no block has ${text}`);
    return outputs[index] ?? "";
  };

  it("shows a demo that ends with labelled nodes and a pod that runs on one", () => {
    const output = outputOf("npm run demo");
    assert.match(output, /node1 .*succeeded\n.*node2 .*succeeded/);
    assert.match(output, /shop +1\/1 +Running/);
    assert.match(output, /Three things to try next/);
  });

  it("shows the label as a column", () => {
    assert.match(outputOf("kubectl get nodes -L"), /node1 .*succeeded\n.*node2 .*succeeded/);
  });

  it("lists nodes by the label, and by its absence", () => {
    const lines = outputOf("my-images=succeeded\n").trim().split("\n");
    assert.deepEqual(lines.filter((line) => /^node\d .*Ready/.test(line)).length, 2);
  });

  it("lists the labels of all instances", () => {
    const label = `${keyOf("my-images")}=succeeded`;
    assert.equal(outputOf("go-template"), `node1\t${label}\nnode2\t${label}\n`);
  });

  it("leaves no label behind", async () => {
    assert.doesNotMatch(await shell("kubectl get nodes -o json"), /image-prefetcher\.stackrox\.io/);
  });

  it("comes with a demo whose things to try next can be tried", async () => {
    const release = "my-images";
    // As the demo leaves it: installed from the environment's values, and an agent under the chart's default name.
    for (const repository of ["platform/prefetcher", agentRepository]) {
      await ensureAgentImage(`${cluster.registry}/${repository}`, () => {});
    }
    await shell(`helm install ${release} ./charts/prefetcher -f charts/prefetcher/ci/staging-values.yaml`);
    await shell(`kubectl rollout status daemonset/${release}-prefetcher --timeout=1m`);
    const [logs = "", newNode = "", failing = ""] = nextSteps(name, release).map(({ command }) => command);

    assert.match(await shell(logs), /"verdict":"succeeded"/);
    const isLabelled = async (node: string, value: string) => {
      // A watch never ends.
      const columns = await shell(newNode.replace(/^.*; /, "").replace(/ -w$/, ""));
      return new RegExp(`^${node} .*${value}$`, "m").test(columns);
    };
    await shell(newNode.replace(/;.*/, ""));
    await waitUntil("the new node is prefetched", 60_000, () => isLabelled("node3", "succeeded"));
    await shell(failing);
    await waitUntil("the label says that it failed", 60_000, () => isLabelled("node3", "failed"));
  });
});
