import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { startCommand } from "./support/command-run.ts";
import { statusRights } from "./support/fleet-account.ts";
import { callSources } from "./support/kubectl-plugin.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openSceneAccount } from "./support/scene-account.ts";
import { openStatusScene, type StatusScene } from "./support/status-scene.ts";

const [mounts, ends, waits] = ["status-mounts", "status-ends", "status-waits"] as const;

describe("prefetcher status, of pods that do not do their work,", () => {
  let world: StatusScene;
  let node: string;
  before(async () => {
    world = await openStatusScene("status-pods", 1, () => callSources);
    node = world.scene.nodes()[0] ?? "";
    await pushSampleImage(world.repositoryOf("there"));
  });
  after(() => world?.[Symbol.asyncDispose]());

  describe("side by side", { concurrency: 3 }, () => {
    it("says which secret is missing, where it may read events, until it is there", async () => {
      const images = [world.imageOf("there")];
      await world.scene.install(mounts, { images, pull: { secrets: ["status-later"] } });
      using watching = world.startStatus("--release", mounts, "--watch");
      const why =
        'FailedMount: MountVolume.SetUp failed for volume "pull-secret-0" : secret "status-later" not found';
      await watching.untilLine(new RegExp(`${node}: working: ${why}$`));
      const { stdout } = await world.status("--release", mounts);
      assert.match(stdout, new RegExp(`^${node} +working +${why}$`, "m"));

      const inNamespace = statusRights.inNamespace.filter(([, resource]) => resource !== "events");
      const rights = { ...statusRights, inNamespace };
      await using account = await openSceneAccount(world.scene, "status-no-events", rights, world.folder);
      const call = world.call(account.kubeconfig, ["status", "--release", mounts]);
      const without = await startCommand(call).ended;
      assert.deepEqual([without.exitCode, without.stderr], [0, ""]);
      assert.match(
        without.stdout,
        new RegExp(`^${node} +working +its pod has not written anything yet$`, "m"),
      );

      const login = ["--docker-server=registry.invalid", "--docker-username=u", "--docker-password=p"];
      await world.scene.kubectl("create", "secret", "docker-registry", "status-later", ...login);
      await world.history.untilLabelled([node], keyOf(mounts), "succeeded");
      await watching.untilLine(/100 % have to\. Nothing is wrong\.$/);
      watching.child.kill("SIGINT");
      const end = await watching.ended;
      assert.deepEqual([end.exitCode, end.stderr], [0, ""]);
      assert.equal(end.stdout.split(why).length, 2, `told once\n${end.stdout}`);
    });

    it("says with what an agent ends again and again, a line for each end", async () => {
      const criSocket = "/run/containerd/no-such.sock";
      const extraArgs = ["--runtime-timeout=1s"];
      await world.scene.install(ends, { images: [world.imageOf("there")], criSocket, extraArgs });
      using watching = world.startStatus("--release", ends, "--watch");
      const why = `no container runtime that speaks CRI v1 could be used at ${criSocket}`;
      await watching.untilLine(new RegExp(`${node}: working: ended 3 times, last with 5: ${why}`));
      watching.child.kill("SIGINT");
      const { stdout } = await watching.ended;
      const ofNode = stdout.split("\n").flatMap((line) => line.split(` ${node}: working: `).slice(1));
      const told = ofNode.map((text) => text.replace(/: no container runtime.*/, ""));
      const last = ["ended 2 times, last with 5", "ended 3 times, last with 5"];
      assert.deepEqual(told.slice(-2), last, stdout);
      assert.equal(new Set(told).size, told.length, `each is told once\n${stdout}`);
    });

    it("says that a node may be waiting for its share of the window, where there is one", async () => {
      const values = { images: [world.imageOf("there")], stagger: { window: "20h" } };
      await world.scene.install(waits, { ...values, extraArgs: ["--stagger-node-age=0s"] });
      await world.history.until(node, keyOf(waits), ({ record }) => record?.verdict === "none");
      const { stdout } = await world.status("--release", waits);
      const why = "pulling, or waiting for its share of the window \\(20h\\)";
      assert.match(stdout, new RegExp(`^${node} +working +1-[0-9a-f]{12} +0/1 +${why}$`, "m"));
    });
  });
});
