import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { status } from "@grpc/grpc-js";
import { createImageService, type ImageServiceForTests } from "../../agent/cri/create-image-service.ts";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { accountOf, patchAs } from "./support/api-server-account.ts";
import { forbidByPolicy, webhookDown } from "./support/api-server-admission.ts";
import { rejectByPriority } from "./support/api-server-priority.ts";
import { withoutRights } from "./support/api-server-rights.ts";
import { connectFrom } from "./support/connection-from.ts";
import { containerProcesses } from "./support/container-processes.ts";
import { type CriProxy, openCriProxy } from "./support/cri-proxy.ts";
import { answersWith, failsAfterwards, failsWith, onCalls } from "./support/cri-proxy-fault.ts";
import { latency, silence, together } from "./support/fault-rule.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { blackHole, blackHoleApiServer, refuseApiServer } from "./support/packet-fault.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { movedTo, onRequests } from "./support/registry-fault.ts";
import { refusingRegistry, unreachableRegistry } from "./support/registry-fault-addresses.ts";
import { layerBytes, registryFaultWords } from "./support/registry-fault-words.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

const release = "fault-tools-release";
// How pods reach the API server.
const apiService = "10.96.0.1:443";

describe("the tools of the fault suite", () => {
  let scene: Scene;
  let front: RegistryFront;
  let proxy: CriProxy;
  let containerd: ImageServiceForTests;
  let history: NodeHistory;
  let node: string;
  const account = () => accountOf(scene, release);
  const reference = (name: string) => `${front.address}/fault-tools/${name}:1`;

  before(async () => {
    scene = await openScene("fault-tools", 1);
    node = scene.nodes()[0] ?? "";
    front = await openRegistryFront();
    proxy = await openCriProxy(node);
    history = await openNodeHistory();
    containerd = createImageService(nodeNow()?.containerdSocket ?? "");
  });
  after(async () => {
    containerd?.close();
    history?.[Symbol.dispose]();
    await proxy?.[Symbol.asyncDispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const nodeNow = () => scene.cluster().nodes.find(({ name }) => name === node);
  /** `pulled`, or what containerd says. */
  const pull = async (image: string, through = containerd) => {
    const answer = await through.pullImage(image, AbortSignal.timeout(20_000));
    return answer.kind === "pulled" ? "pulled" : answer.failure.message;
  };

  it("show containerd each fault of a registry", async () => {
    for (const { name } of registryFaultWords) await pushSampleImage(`fault-tools/${name}`, "1", layerBytes);
    front.setRule(
      together(
        ...registryFaultWords.map(({ name, requests, fault, occurrence }) =>
          onRequests({ ...requests, repository: `fault-tools/${name}` }, fault, occurrence),
        ),
      ),
    );
    const away = { refused: await refusingRegistry(), unreachable: await unreachableRegistry() };
    const [said, ofRefused, ofUnreachable] = await Promise.all([
      Promise.all(registryFaultWords.map(({ name }) => pull(reference(name)))),
      pull(`${away.refused}/none:1`),
      pull(`${away.unreachable}/none:1`),
    ]);
    registryFaultWords.forEach(({ name, says }, index) => {
      assert.match(said[index] ?? "", says, name);
    });
    assert.match(ofRefused, /connect: connection refused$/);
    assert.match(ofUnreachable, /connect: no route to host$/);

    const layersOf = (name: string) =>
      front.requests.filter(
        ({ repository, accepts }) => repository === `fault-tools/${name}` && accepts.includes("layer"),
      );
    assert.deepEqual(
      layersOf("truncated-once").map(({ range }) => range),
      [undefined, "bytes=50000-"],
      "containerd goes on where the layer broke off",
    );
    const [slow] = layersOf("slow");
    assert.ok((slow?.endedAtMs ?? 0) - (slow?.atMs ?? 0) >= 1_000, "a second for its bytes");
  });

  it("move a tag", async () => {
    for (const name of ["old", "new"]) await pushSampleImage(`fault-tools/${name}`);
    const idOf = async (name: string) => {
      const answer = await containerd.pullImage(reference(name), AbortSignal.timeout(20_000));
      return answer.kind === "pulled" ? answer.imageId : answer.failure.message;
    };
    front.setRule(undefined);
    const [before, other] = [await idOf("old"), await idOf("new")];
    front.setRule(onRequests({ repository: "fault-tools/old" }, movedTo("fault-tools/new", "1")));
    assert.notEqual(before, other);
    assert.equal(await idOf("old"), other);
  });

  it("let a registry fall silent, vanish and go away, and come back", async () => {
    await pushSampleImage("fault-tools/hidden");
    const image = reference("hidden");
    const isSilent = async () => {
      const signal = AbortSignal.timeout(1_000);
      await assert.rejects(containerd.pullImage(image, signal), { name: "TimeoutError" });
    };
    front.clear();
    front.setRule(onRequests({}, silence));
    await isSilent();
    await waitUntil("containerd hangs up", 5_000, () => front.requests[0]?.hungUp.aborted === true, 10);

    front.clear();
    front.setRule(undefined);
    await using hole = await blackHole(node, front.address);
    await isSilent();
    assert.deepEqual(front.requests, [], "nothing arrives");
    await hole[Symbol.asyncDispose]();

    await front.stop();
    assert.match(await pull(image), /connection refused$/);
    await front.start();
    assert.equal(await pull(image), "pulled");
  });

  it("put errors, silence and other answers between an agent and containerd", async () => {
    const agent = createImageService(proxy.hostPath);
    try {
      for (const name of ["error", "late", "empty", "quiet"]) await pushSampleImage(`fault-tools/${name}`);
      const meets = (name: string) => ({ method: "PullImage", image: reference(name) }) as const;
      proxy.setRule(
        together(
          onCalls(meets("error"), failsWith(status.UNKNOWN, "no luck"), { times: 1 }),
          onCalls(meets("late"), failsAfterwards(status.UNKNOWN, "too late")),
          onCalls(meets("empty"), answersWith({ imageRef: "" })),
        ),
      );
      assert.equal(await pull(reference("error"), agent), "no luck");
      assert.equal(await pull(reference("error"), agent), "pulled");
      assert.equal(await pull(reference("late"), agent), "too late");
      assert.equal(await isOnNode(node, reference("late")), true);
      assert.match(await pull(reference("empty"), agent), /without an image ID/);
      assert.equal(await isOnNode(node, reference("empty")), false);

      front.clear();
      front.setRule(onRequests({}, silence));
      const giveUp = new AbortController();
      const pulling = agent.pullImage(reference("quiet"), giveUp.signal).catch(String);
      await waitUntil("the registry is asked", 5_000, () => front.requests.length > 0, 10);
      giveUp.abort(new Error("given up"));
      assert.equal(await pulling, "Error: given up");
      const hasHungUp = () => front.requests.every(({ hungUp }) => hungUp.aborted);
      await waitUntil("containerd was told and hangs up", 5_000, hasHungUp, 10);
    } finally {
      agent.close();
    }
  });

  it("count what a pod's agent asks of containerd", async () => {
    const names = ["one", "two", "three"];
    for (const name of names) await pushSampleImage(`fault-tools/${name}`);
    front.setRule(undefined);
    proxy.clear();
    proxy.setRule(onCalls({ method: "PullImage" }, latency(300)));
    await scene.install(release, {
      images: names.map(reference),
      criSocket: proxy.path,
      pull: { concurrency: 2 },
    });
    await history.untilLabelled([node], keyOf(release), "succeeded");
    const pulled = proxy.callsOf({ method: "PullImage" }).map(({ image }) => image);
    assert.deepEqual(pulled.toSorted(), names.map(reference).toSorted());
    assert.deepEqual([proxy.mostPullsAtOnce(), proxy.mostPullsAtOnce(front.address)], [2, 2]);
    for (const { outcome, isPassedOn } of proxy.calls) assert.deepEqual([outcome, isPassedOn], ["ok", true]);
  });

  it("take the API server from a node's pods, and from nobody else", async () => {
    const pod = await untilPodOnNode(scene, release, node, ({ main }) => main.isRunning);
    const inPod = containerProcesses(node, pod.uid, pod.main.id ?? "")[0]?.pid ?? 0;
    const onNode = nodeNow()?.pid ?? 0;
    const opened = async (pid: number) => {
      using connection = await connectFrom(pid, apiService);
      return connection.opened;
    };
    for (const [fault, ofNew, ofOld] of [
      [blackHoleApiServer, "silent", "silent"],
      [refuseApiServer, "ECONNREFUSED", "ECONNRESET"],
    ] as const) {
      using standing = await connectFrom(inPod, apiService);
      assert.equal(standing.opened, "connected");
      await using cut = await fault(node);
      const seen = await Promise.all([opened(inPod), standing.send(), opened(onNode)]);
      assert.deepEqual(seen, [ofNew, ofOld, "connected"]);
      await cut[Symbol.asyncDispose]();
      assert.equal(await opened(inPod), "connected");
    }
  });

  it("turn the API server against one account, and against no other", async () => {
    const other = accountOf(scene, "other");
    /** The release's account may patch nodes; another one may not, or, as an administrator, may. */
    const statuses = async () => {
      const answers = [patchAs(account()), patchAs(other), patchAs(other, ["system:masters"])];
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    assert.deepEqual(await statuses(), [200, 403, 200]);
    for (const [fault, code, says] of [
      [rejectByPriority, 429, /Too many requests/],
      [webhookDown, 500, /failed calling webhook .* connection refused$/],
      [forbidByPolicy, 403, /ValidatingAdmissionPolicy 'fault-fault-tools-/],
      [withoutRights, 403, /cannot patch resource "nodes"/],
    ] as const) {
      await using injected = await fault(account());
      const { message, retryAfter } = await patchAs(account());
      assert.match(message, says);
      assert.equal(retryAfter, code === 429 ? "1" : undefined);
      assert.deepEqual(await statuses(), [code, 403, 200]);
      await injected[Symbol.asyncDispose]();
      assert.deepEqual(await statuses(), [200, 403, 200]);
    }
  });
});
