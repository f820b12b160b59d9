import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createImageService } from "../../agent/cri/create-image-service.ts";
import type { PullAnswer } from "../../agent/image-service.ts";
import { keyOf } from "../../agent/node-record.ts";
import { hostsToml } from "../cluster/hosts-toml.ts";
import { root } from "../root.ts";
import { CommandError, runCommand } from "../run-command.ts";
import { type ContainerdProcess, startContainerd } from "../runtimes/containerd-process.ts";
import { quickFaults } from "../runtimes/faults.ts";
import { type Lab, openLab } from "../runtimes/lab.ts";
import { machineFaults, meetMachineFault } from "../runtimes/machine-faults.ts";
import { type Runtime, runtimes } from "../runtimes/runtimes.ts";
import { nodeNow } from "./support/node-now.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

// A runtime that changes its words is noticed here. What each said when the agent's tables were made is in
// agent/cri/seen; ci/runtimes/collect.ts writes them anew.
for (const { name, ensure } of runtimes) {
  describe(`the reasons that the agent gives for the words of ${name}`, () => {
    const [quick, machine] = [quickFaults(), machineFaults()];
    let runtime: Runtime;
    let lab: Lab;
    let containerd: ContainerdProcess;

    before(async () => {
      runtime = await ensure(() => {});
      lab = await openLab([...quick, ...machine], testCluster().cgroup);
      containerd = await startContainerd(runtime, lab);
    });
    after(async () => {
      await containerd?.[Symbol.asyncDispose]();
      await lab?.[Symbol.asyncDispose]();
    });

    for (const fault of quick) {
      it(`calls ${fault.name} ${fault.reason}`, async () => {
        isFailure(await pull(containerd.socketPath, lab.imageOf(fault)), fault.reason);
      });
    }
    for (const fault of machine.filter(({ runtimes: those }) => those?.includes(name) !== false)) {
      it(`calls ${fault.name} ${fault.reason}`, async () => {
        isFailure(await meetMachineFault(fault, runtime, lab, pull), fault.reason);
      });
    }
  });
}

describe("the agent as a process on Debian's containerd 1.6", () => {
  let scene: Scene;
  let containerd: ContainerdProcess;
  const imageOf = (repository: string) => `${testCluster().registry}/words/${repository}:1`;

  before(async () => {
    const { registry, cgroup } = testCluster();
    const runtime = runtimes.find(({ name }) => name === "containerd 1.6");
    if (runtime === undefined) throw new Error("there is no containerd 1.6");
    const surroundings = {
      hosts: { [registry]: hostsToml(registry) },
      nameServer: "127.0.0.1",
      cluster: cgroup,
    };
    containerd = await startContainerd(await runtime.ensure(() => {}), surroundings);
    scene = await openScene("words", 1);
    await pushSampleImage("words/good");
  });
  after(async () => {
    await containerd?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  /** The agent's exit code after one round over `images`. */
  const prefetch = async (instance: string, images: readonly string[]): Promise<number | undefined> => {
    const flags = {
      instance,
      owner: `words/${instance}`,
      "node-name": scene.nodes()[0],
      "cri-socket": containerd.socketPath,
      "on-failure": "exit",
      // A tag that is missing is asked for again half a minute later.
      "backoff-scale": "0.01",
      "termination-message-path": "",
      // The machine that runs the story may be fuller than a node should be.
      "disk-min-free-percent": "0",
    };
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const list = images.map((image) => `--image=${image}`);
    const env = { ...process.env, KUBECONFIG: testCluster().kubeconfig };
    try {
      await runCommand(process.execPath, [join(root, "agent/main.ts"), "prefetch", ...args, ...list], {
        env,
      });
      return 0;
    } catch (error) {
      if (error instanceof CommandError) return error.exitCode;
      throw error;
    }
  };
  const now = (instance: string) => nodeNow(scene.nodes()[0] ?? "", keyOf(instance));

  it("pulls what is there, and says `failed` with the one image that is not", async () => {
    const [good, missing] = [imageOf("good"), imageOf("missing")];
    assert.equal(await prefetch("words-failed", [good, missing]), 1);
    const { label, record } = await now("words-failed");
    assert.equal(label, "failed");
    assert.deepEqual(record?.failed, [{ image: missing, reason: "not_found" }]);
    assert.equal(record?.present, 1);
    const service = createImageService(containerd.socketPath);
    const status = await service.imageStatus(good, AbortSignal.timeout(5_000));
    service.close();
    assert.equal(status.kind, "present");
  });

  it("says `succeeded` where all images are there", async () => {
    assert.equal(await prefetch("words-succeeded", [imageOf("good")]), 0);
    const { label, record } = await now("words-succeeded");
    assert.equal(label, "succeeded");
    assert.deepEqual(record?.failed, []);
  });
});

async function pull(socketPath: string, image: string): Promise<PullAnswer> {
  const service = createImageService(socketPath);
  try {
    return await service.pullImage(image, AbortSignal.timeout(20_000));
  } finally {
    service.close();
  }
}

function isFailure(answer: PullAnswer, reason: string): void {
  assert.ok(answer.kind === "failed", JSON.stringify(answer));
  assert.equal(answer.failure.reason, reason, answer.failure.message);
}
