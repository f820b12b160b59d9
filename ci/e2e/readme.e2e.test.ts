import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Cluster, down, up } from "../cluster/cluster.ts";
import { pushSampleImages } from "../demo/sample-images.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { shellBlocksOf } from "./support/shell-blocks.ts";

// What a reader's cluster and registry are here. Everything else runs as it is printed.
const substitutions: readonly { readonly printed: RegExp; readonly run: string; readonly why: string }[] = [
  {
    printed: /npm run demo(?: -- (down))?/g,
    run: "npm run demo -- $1 --name readme-demo",
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
const name = "readme";

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
    await down({ name: "readme-demo" });
  });

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
      const env = { ...process.env, ...cluster.environment };
      const { stdout } = await runCommand("bash", ["-euo", "pipefail", "-c", script], { cwd: root, env });
      collected.push(stdout);
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
    const key = "image-prefetcher.stackrox.io/my-images=succeeded";
    assert.equal(outputOf("go-template"), `node1\t${key}\nnode2\t${key}\n`);
  });

  it("leaves no label behind", async () => {
    const env = { ...process.env, ...cluster.environment };
    const { stdout } = await runCommand("kubectl", ["get", "nodes", "-o", "json"], { env });
    assert.doesNotMatch(stdout, /image-prefetcher\.stackrox\.io/);
  });
});
