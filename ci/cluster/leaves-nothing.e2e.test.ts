import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { before, describe as group, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runCommand } from "../run-command.ts";
import { storyClusters } from "../test/story-clusters.ts";
import { maxSlot } from "./address-plan.ts";
import { apiRequest } from "./api-request.ts";
import { linkExists } from "./bridge.ts";
import { processesIn } from "./cgroup.ts";
import { describe } from "./describe.ts";
import { clusterFolder } from "./folders.ts";
import { loopFilesBelow } from "./node-disk.ts";
import { pauseImage } from "./pause-image.ts";
import { clusterPlan } from "./plan.ts";
import { type Slots, slotOf } from "./slots.ts";
import { bystandersOf, lookAtSlots } from "./testing/bystanders.ts";
import { differences, type MachineSnapshot, machineSnapshot } from "./testing/machine-snapshot.ts";
import { waitUntil } from "./wait-until.ts";

const name = storyClusters.leavesNothing;
const mark = `PREFETCHER_LEAVES_NOTHING=${process.pid}`;
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const environment = { ...process.env, PREFETCHER_LEAVES_NOTHING: String(process.pid) };

group("down", () => {
  // What an earlier, broken run of this test left must not be taken for the machine's own.
  before(() => cluster("down"));

  it("leaves nothing of a cluster that ran pods", async () => {
    await leavesNothing(async () => {
      await cluster("up", "--nodes", "1");
      await cluster("node", "add", "own-disk", "--disk", "300");
      await runPods();
    });
  });

  it("would leave something of every kind if it did nothing", async () => {
    const before = await snapshot([lookAtSlots()]);
    await cluster("up", "--nodes", "1");
    await cluster("node", "add", "own-disk", "--disk", "300");
    const left = differences(before, await snapshot([lookAtSlots()]));
    const kinds = new Set(left.map((line) => line.split(":")[0]));
    const always = ["cgroups", "disks", "iptables", "links", "namespaces", "processes", "routes"];
    assert.deepEqual(
      always.filter((kind) => !kinds.has(kind)),
      [],
    );
    await cluster("down");
  });

  it("leaves nothing of a cluster that is not up", async () => {
    await leavesNothing(async () => {});
  });

  // Each is a moment in the life of an `up`, in order.
  const moments: Record<string, () => boolean> = {
    "had written its first file": () => existsSync(clusterFolder(name)),
    "was starting the control plane": () => processesIn(`${clusterPlan(name, 1).cgroup}/control`).length > 0,
    "was starting nodes": () => processesIn(`${clusterPlan(name, 1).cgroup}/nodes`).length > 0,
    "had connected a node": () => linkExists(`${clusterPlan(name, slotOf(name) ?? maxSlot).bridge}n1`),
  };
  for (const [moment, isReached] of Object.entries(moments)) {
    it(`leaves nothing of an up that was killed when it ${moment}`, async () => {
      await leavesNothing(() => killedWhen(isReached, "up"));
    });
  }

  it("leaves nothing of a node that was being added when its disk was mounted", async () => {
    await leavesNothing(async () => {
      await cluster("up", "--nodes", "1");
      const isMounted = () => loopFilesBelow(clusterFolder(name)).length > 0;
      await killedWhen(isMounted, "node", "add", "own-disk", "--disk", "300");
    });
  });
});

/** Compares the machine before `action` with that after it and a `down`. */
async function leavesNothing(action: () => Promise<void>): Promise<void> {
  const looks = [lookAtSlots()];
  const first = await snapshot(looks);
  await action();
  looks.push(lookAtSlots());
  await cluster("down");
  assert.ok(!existsSync(clusterFolder(name)), "the cluster's folder is there");
  let left: string[] = [];
  // What others do at the moment passes; what was left stays.
  for (let attempt = 0; attempt < 30; attempt++) {
    const bystanders = bystandersOf(name, [...looks, lookAtSlots()]);
    const earlier = Object.fromEntries(
      Object.entries(first).map(([kind, lines]) => [
        kind,
        new Set([...lines].filter((line) => !bystanders.owns(line))),
      ]),
    ) as unknown as MachineSnapshot;
    left = differences(earlier, await snapshot([...looks, lookAtSlots()]));
    if (left.length === 0) return;
    await sleep(1000);
  }
  assert.deepEqual(left, []);
}

async function snapshot(looks: readonly Slots[]): Promise<MachineSnapshot> {
  const marks = [mark, `prefetcher-${name}`, clusterFolder(name)];
  return await machineSnapshot(bystandersOf(name, looks), marks);
}

async function cluster(command: string, ...args: string[]): Promise<void> {
  await runCommand(process.execPath, [main, command, "--name", name, ...args], { env: environment });
}

async function killedWhen(isReached: () => boolean, ...args: readonly string[]): Promise<void> {
  const command = [main, ...args, "--name", name];
  const child = spawn(process.execPath, command, { env: environment, stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    await waitUntil(`the moment to kill \`${args[0]}\``, 60_000, isReached, 2);
    assert.equal(child.exitCode, null, `\`${args[0]}\` ended before it could be killed`);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** One pod a node, so that there are overlays, pod networks and pod cgroups to be removed. */
async function runPods(): Promise<void> {
  const now = describe(name);
  const pods = "/api/v1/namespaces/default/pods";
  for (const node of now.nodes) {
    const container = { name: "pause", image: pauseImage(now) };
    const spec = { nodeName: node.name, containers: [container] };
    const { status } = await apiRequest(now, "POST", pods, { metadata: { name: `on-${node.name}` }, spec });
    assert.equal(status, 201);
  }
  await waitUntil("both pods running", 30_000, async () => {
    const { body } = await apiRequest(now, "GET", `${pods}?fieldSelector=status.phase%3DRunning`);
    return (body as { items: unknown[] }).items.length === now.nodes.length;
  });
}
