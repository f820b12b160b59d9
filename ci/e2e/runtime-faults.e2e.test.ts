import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPids, isAlive } from "./support/agent-process.ts";
import { failsWith, onCalls } from "./support/cri-proxy-fault.ts";
import { latency } from "./support/fault-rule.ts";
import { type FaultScene, logOf, openFaultScene } from "./support/fault-scene.ts";
import { proveFault } from "./support/fault-table.ts";
import { createHold, type Hold } from "./support/hold.ts";
import { killDaemon } from "./support/kill-daemon.ts";
import { isOnNode } from "./support/node-images.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";
import { onRequests } from "./support/registry-fault.ts";

const outageMs = 5_000;

describe("the container runtime", () => {
  let scene: FaultScene;
  before(async () => {
    scene = await openFaultScene("runtime-faults");
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  const holdBlobsOf = (...names: readonly string[]): Hold => {
    const repositories = names.map((name) => `runtime-faults/${name}`);
    const hold = createHold(
      ({ kind, repository = "" }) => kind === "blob" && repositories.includes(repository),
    );
    scene.front.setRule(hold.rule);
    return hold;
  };
  const untilHeld = (hold: Hold) =>
    waitUntil("the pull is under way", 60_000, () => hold.held.length > 0, 50);
  const labelsOf = (release: string) =>
    scene.history.of(scene.node, keyOf(release)).map(({ label }) => label);
  const durationMsOf = async (release: string) =>
    (await logOf(scene.scene, release)).find(({ msg }) => msg === "round ended")?.durationMs ?? Number.NaN;

  it("row 1, is away for 5 s in the middle of pulls: nothing fails, done within the outage + 10 s", async () => {
    const row = {
      row: 1,
      fault: "the runtime's socket is gone for 5 s in mid pull",
      expected: "succeeded, no attempt counted, at most outage + 10 s longer",
    };
    await proveFault(row, async () => {
      const names = Array.from({ length: 6 }, (_, index) => `away-${index + 1}`);
      const run = async (release: string, duringPulls: () => Promise<void>) => {
        const images = await Promise.all(names.map((name) => scene.push(`${name}-of-${release}`)));
        scene.front.setRule(onRequests({ kind: "blob" }, latency(700)));
        scene.proxy.clear();
        await scene.start(
          release,
          images.map(({ atFront }) => atFront),
        );
        await waitUntil(
          "pulls are under way",
          60_000,
          () => scene.proxy.callsOf({ method: "PullImage" }).length > 0,
        );
        await duringPulls();
        const { label, log } = await scene.untilEnded(release);
        assert.equal(label, "succeeded");
        const attempts = log.filter(({ outcome }) => outcome === "pulled").map(({ attempts }) => attempts);
        assert.deepEqual(attempts, Array(names.length).fill(1));
        return durationMsOf(release);
      };
      const undisturbedMs = await run("runtime-undisturbed", async () => {});
      const disturbedMs = await run("runtime-away", async () => {
        await scene.proxy.stop();
        await sleep(outageMs);
        await scene.proxy.start();
      });
      const longerMs = disturbedMs - undisturbedMs;
      assert.ok(longerMs < outageMs + 10_000, `${longerMs} ms longer`);
      return `${(longerMs / 1000).toFixed(1)} s longer than without`;
    });
  });

  it("row 1, dies of the image itself, each time: runtime_down after 5 deaths, not for ever", async () => {
    const row = {
      row: 1,
      fault: "each PullImage of one image ends with the runtime's death",
      expected: "runtime_down after 5 calls, failed",
    };
    await proveFault(row, async () => {
      const image = (await scene.push("poison")).atFront;
      scene.front.setRule(undefined);
      scene.proxy.clear();
      scene.proxy.setRule(
        onCalls({ method: "PullImage", image }, failsWith(status.UNAVAILABLE, "Connection dropped")),
      );
      const end = await scene.prefetch("runtime-poison", [image]);
      scene.proxy.setRule(undefined);
      assert.deepEqual([end.label, end.failures], ["failed", [`${image} runtime_down`]]);
      assert.equal(scene.proxy.callsOf({ method: "PullImage", image }).length, 5);
      return "runtime_down, 5 PullImage calls";
    });
  });

  it("row 2, comes up after the agent: waited for", async () => {
    const row = { row: 2, fault: "no socket for the first 5 s", expected: "succeeded, one start" };
    await proveFault(row, async () => {
      const image = (await scene.push("late")).atFront;
      await scene.proxy.stop();
      await scene.start("runtime-late", [image]);
      await waitUntil("the agent runs", 60_000, () => agentPids("runtime-faults/runtime-late").length > 0);
      await sleep(outageMs);
      assert.deepEqual(labelsOf("runtime-late"), [undefined], "nothing is said meanwhile");
      await scene.proxy.start();
      assert.equal((await scene.untilEnded("runtime-late")).label, "succeeded");
      const { prefetch } = await untilPodOnNode(scene.scene, "runtime-late", scene.node, () => true);
      assert.equal(prefetch.restartCount, 0);
      return "succeeded by the first start";
    });
  });

  it("row 2, does not come up: exit 5, the label untouched", async () => {
    const row = {
      row: 2,
      fault: "no socket at all",
      expected: "exit 5 that lists what lies there, no label",
    };
    await proveFault(row, async () => {
      const image = (await scene.push("never")).atFront;
      await scene.start("runtime-never", [image], {
        criSocket: "/run/containerd/no-such.sock",
        extraArgs: ["--runtime-timeout=2s"],
      });
      const { exitCode, message } = await untilPrefetchEnded(scene.scene, "runtime-never");
      assert.equal(exitCode, 5);
      assert.match(message, /\/run\/containerd\/containerd\.sock/);
      assert.deepEqual(labelsOf("runtime-never"), [undefined]);
      await scene.scene.helm("uninstall", "runtime-never", "--no-hooks");
      return "exit 5, no label";
    });
  });

  it("row 27, sees the agent killed in the middle of a pull: no verdict, and the next start goes on", async () => {
    const row = {
      row: 27,
      fault: "SIGKILL, as the kernel does when memory runs out, in mid pull",
      expected: "no label until the next start of the same pod has pulled",
    };
    await proveFault(row, async () => {
      const image = (await scene.push("killed")).atFront;
      const hold = holdBlobsOf("killed");
      await scene.start("runtime-killed", [image]);
      await untilHeld(hold);
      const [pid = 0] = agentPids("runtime-faults/runtime-killed");
      process.kill(pid, "SIGKILL");
      await waitUntil("the process is gone", 10_000, () => !isAlive(pid), 20);
      hold.release();
      assert.equal((await scene.untilEnded("runtime-killed")).label, "succeeded");
      assert.deepEqual(labelsOf("runtime-killed"), [undefined, undefined, "succeeded"]);
      const { prefetch } = await untilPodOnNode(scene.scene, "runtime-killed", scene.node, () => true);
      assert.equal(prefetch.restartCount, 1);
      return "succeeded by the second start";
    });
  });

  it("row 45, sees the agent killed between the write and its end: the next start changes nothing", async () => {
    const row = {
      row: 45,
      fault: "SIGKILL after the verdict was written",
      expected: "the next start finds it right and writes nothing",
    };
    await proveFault(row, async () => {
      const image = `${scene.front.address}/runtime-faults/no-such-image:1`;
      const values = { pull: { onFailure: "retry" } };
      const key = keyOf("runtime-written");
      await scene.start("runtime-written", [image], values);
      await scene.history.untilLabelled([scene.node], key, "failed");
      const before = scene.history.of(scene.node, key).length;
      const [pid = 0] = agentPids("runtime-faults/runtime-written");
      process.kill(pid, "SIGKILL");
      const roundEnded = async () =>
        (await logOf(scene.scene, "runtime-written")).some(({ msg }) => msg === "round ended");
      const isNew = () => {
        const [now] = agentPids("runtime-faults/runtime-written");
        return now !== undefined && now !== pid;
      };
      await waitUntil("the next start", 60_000, isNew);
      await waitUntil("its round has ended", 60_000, roundEnded);
      await sleep(500);
      assert.equal(scene.history.of(scene.node, key).length, before, "no state of the Node more");
      await scene.scene.helm("uninstall", "runtime-written", "--no-hooks");
      return "no further write";
    });
  });

  it("row 42, serves two instances with the same image: both succeed", async () => {
    const row = { row: 42, fault: "two instances want the same image at once", expected: "both succeeded" };
    await proveFault(row, async () => {
      const image = (await scene.push("shared", 100_000)).atFront;
      const hold = holdBlobsOf("shared");
      await Promise.all(["runtime-one", "runtime-two"].map((release) => scene.start(release, [image])));
      await waitUntil(
        "both pull",
        60_000,
        () => scene.proxy.callsOf({ method: "PullImage", image }).length === 2,
      );
      hold.release();
      const ends = await Promise.all(
        ["runtime-one", "runtime-two"].map((release) => scene.untilEnded(release)),
      );
      assert.deepEqual(
        ends.map(({ label }) => label),
        ["succeeded", "succeeded"],
      );
      return "both succeeded";
    });
  });

  it("row 43, pulls the same image for the kubelet: that goes on when the agent is told to end", async () => {
    const row = {
      row: 43,
      fault: "the kubelet pulls the same image, and the agent's pull is cancelled",
      expected: "the kubelet's pull ends well",
    };
    await proveFault(row, async () => {
      const image = (await scene.push("wanted", 100_000)).atFront;
      const hold = holdBlobsOf("wanted");
      await scene.start("runtime-cancelled", [image]);
      await untilHeld(hold);
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "wants-it-too" },
        spec: {
          nodeName: scene.node,
          restartPolicy: "Never",
          containers: [
            { name: "main", image, imagePullPolicy: "IfNotPresent", command: ["/no-such-program"] },
          ],
        },
      };
      await scene.scene.apply(pod);
      const pulling = async () =>
        (await scene.scene.kubectl("get", "events", "--field-selector=reason=Pulling", "-o", "name")) !==
          "" && (await scene.scene.kubectl("describe", "pod", "wants-it-too")).includes("Pulling image");
      await waitUntil("the kubelet pulls", 60_000, pulling, 500);
      await scene.scene.helm("uninstall", "runtime-cancelled", "--no-hooks");
      await waitUntil(
        "the agent is gone",
        20_000,
        () => agentPids("runtime-faults/runtime-cancelled").length === 0,
      );
      hold.release();
      await waitUntil("the kubelet has it", 60_000, async () => isOnNode(scene.node, image));
      const events = await scene.scene.kubectl("describe", "pod", "wants-it-too");
      assert.match(events, /Successfully pulled image/);
      return "the kubelet's pull ended well";
    });
  });

  it("row 1, containerd itself is killed in the middle of pulls: nothing fails", async () => {
    const row = {
      row: 1,
      fault: "SIGKILL of containerd in mid pull",
      expected: "succeeded, no attempt counted",
    };
    await proveFault(row, async () => {
      const image = (await scene.push("survivor", 100_000)).atFront;
      const hold = holdBlobsOf("survivor");
      await scene.start("runtime-survivor", [image], { criSocket: "/run/containerd/containerd.sock" });
      await untilHeld(hold);
      killDaemon(scene.node, "containerd");
      hold.release();
      const { label, log } = await scene.untilEnded("runtime-survivor");
      assert.equal(label, "succeeded");
      const pulled = log.find(({ outcome }) => outcome === "pulled");
      assert.equal(pulled?.attempts, 1);
      return `pulled ${((pulled?.durationMs ?? Number.NaN) / 1000).toFixed(1)} s after its start`;
    });
  });
});
