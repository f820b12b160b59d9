import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { type AgentEnd, startAgent } from "../../agent/testing/agent-process.ts";
import { accountOf } from "./support/api-server-account.ts";
import { withoutRights } from "./support/api-server-rights.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { type PodOnNode, podOnNode, untilPodOnNode } from "./support/pod-on-node.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

/** Each release but the first has one value that keeps its node from `succeeded`. */
const faults: readonly {
  readonly release: string;
  readonly what: string;
  readonly values: object;
  /** What the one problem says, each piece. */
  readonly says: readonly string[];
}[] = [
  {
    release: "doctor-directory",
    what: "a socket's directory that is not on the node",
    values: { criSocket: "/run/nowhere/containerd.sock" },
    says: [
      "does not come to work on node doctor-1: FailedMount:",
      "hostPath type check failed: /run/nowhere is not a directory",
      "the directory of criSocket is not on this node",
    ],
  },
  {
    release: "doctor-socket",
    what: "a socket that is not in its directory, and the one that is",
    values: { criSocket: "/run/containerd/other.sock" },
    says: [
      "could be used at /run/containerd/other.sock within 5 s",
      "sockets in /run/containerd: /run/containerd/containerd.sock",
    ],
  },
  {
    release: "doctor-secret",
    what: "a pull secret that does not exist",
    values: { pull: { secrets: ["no-such-secret"] } },
    says: ["FailedMount:", 'secret "no-such-secret" not found'],
  },
  {
    release: "doctor-image",
    what: "an image of the agent's own that cannot be pulled",
    values: { image: { tag: "no-such-tag" } },
    says: ["the agent's own image cannot be pulled there: ", "prefetcher:no-such-tag", "not found"],
  },
];

describe("prefetcher doctor", () => {
  let scene: Scene;
  let history: NodeHistory;
  let node: string;
  const image = () => `${testCluster().registry}/doctor/one:1`;
  const start = (...flags: readonly string[]) =>
    startAgent(["doctor", "--node", node, "--namespace", scene.name, ...flags], {
      env: { ...process.env, ...testCluster().environment },
    });
  const ask = (release: string, ...flags: readonly string[]): Promise<AgentEnd> =>
    start("--release", release, "--timeout", "30s", ...flags).ended;
  /** Whether the pod that the doctor told of is there. */
  const hasPod = async ({ stderr }: Pick<AgentEnd, "stderr">) => {
    const [, name] = /^pod doctor\/(\S+) looks at the node$/m.exec(stderr) ?? [];
    assert.ok(name, stderr);
    return (await scene.kubectl("get", "pod", name, "--ignore-not-found", "-o", "name")) !== "";
  };
  const marks = () => JSON.stringify(history.metadataOf(node));

  before(async () => {
    scene = await openScene("doctor", 1);
    node = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
    await pushSampleImage("doctor/one");
    await Promise.all(
      ["doctor-well", "doctor-rights"].map((release) => scene.install(release, { images: [image()] })),
    );
    await Promise.all(
      faults.map(({ release, values }) => scene.install(release, { images: [image()], ...values })),
    );
    await history.untilLabelled([node], keyOf("doctor-well"), "succeeded");
    await history.untilLabelled([node], keyOf("doctor-rights"), "succeeded");
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  // Side by side, as each mostly waits for the kubelet.
  describe("asked for one node", { concurrency: 4 }, () => {
    for (const { release, what, says } of faults) {
      it(`names ${what}`, async () => {
        const end = await ask(release, "--output=json");
        assert.equal(end.exitCode, 1, end.stdout + end.stderr);
        const { problems } = JSON.parse(end.stdout) as { problems: readonly string[] };
        assert.equal(problems.length, 1, end.stdout);
        for (const piece of says)
          assert.ok(problems[0]?.includes(piece), `${piece}\nis not in\n${problems[0]}`);
        assert.equal(await hasPod(end), false);
      });
    }

    it("names a right that the agent does not have", async () => {
      await using _ = await withoutRights(accountOf(scene, "doctor-rights"));
      const { exitCode, stdout } = await ask("doctor-rights");
      assert.equal(exitCode, 1, stdout);
      assert.match(stdout, /^PROBLEM .*cannot patch resource "nodes" in API group "".*\(HTTP 403\)$/m);
      assert.match(stdout, /^1 problem would keep node doctor-1 from `succeeded`\.$/m);
    });

    it("finds nothing wrong where nothing is, changes nothing, and leaves no pod behind", async () => {
      const isSettled = ({ main }: PodOnNode) => main.isRunning;
      const podBefore = await untilPodOnNode(scene, "doctor-well", node, isSettled);
      const marksBefore = marks();
      const end = await ask("doctor-well");
      const { exitCode, stdout } = end;
      assert.equal(exitCode, 0, stdout + end.stderr);
      assert.match(stdout, /^RUNTIME +containerd 2\S+, CRI v1, at \/run\/containerd\/containerd\.sock$/m);
      assert.match(
        stdout,
        /says succeeded, owner doctor\/doctor-well, .*; a dry run of the write was accepted$/m,
      );
      assert.match(stdout, /\/doctor\/one:1 +required +present, [0-9a-f]{12} +none$/m);
      assert.ok(
        stdout.endsWith("\nNothing was found that would keep node doctor-1 from `succeeded`.\n"),
        stdout,
      );
      assert.deepEqual(await podOnNode(scene, "doctor-well", node), podBefore);
      assert.equal(marks(), marksBefore);
      assert.equal(await hasPod(end), false);
    });

    it("says the same as JSON", async () => {
      const { exitCode, stdout } = await ask("doctor-well", "--output=json");
      assert.equal(exitCode, 0, stdout);
      const { problems, findings } = JSON.parse(stdout);
      assert.deepEqual(problems, []);
      const { label, runtime, images, disk } = findings;
      assert.deepEqual(
        [findings.node, findings.owner, label.value, label.isWritable],
        [node, "doctor/doctor-well", "succeeded", true],
      );
      assert.equal(runtime.version.name, "containerd");
      assert.match(images[0].imageId, /^sha256:[0-9a-f]{64}$/);
      assert.ok(disk.freeBytes > 0);
    });

    it("deletes its pod where it is interrupted", async () => {
      const { child, ended } = start("--release=doctor-image");
      if (child.stderr !== null) await once(child.stderr, "data");
      // As where a terminal's Ctrl-C comes from npm too.
      child.kill("SIGINT");
      child.kill("SIGINT");
      const end = await ended;
      assert.equal(end.exitCode, 143);
      assert.equal(await hasPod(end), false);
    });

    it("asks which release is meant, and knows no node that there is not", async () => {
      const several = await start().ended;
      assert.equal(several.exitCode, 2);
      assert.match(several.stderr, /several releases; choose one by --release: .*doctor\/doctor-well/);
      const { exitCode, stderr } = await start("--release=doctor-well", "--node=no-such-node").ended;
      assert.deepEqual([exitCode, stderr], [2, "error: the cluster has no node no-such-node\n"]);
    });
  });
});
