import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";
import { after, before, describe, it } from "node:test";
import { createImageService, type ImageServiceForTests } from "../../agent/cri/create-image-service.ts";
import { imageServiceConformance } from "../../agent/testing/image-service-conformance.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { createHold, type Hold } from "./support/hold.ts";
import { killDaemon } from "./support/kill-daemon.ts";
import { openRegistryFront, type RegistryFront, type RegistryRequest } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

// The agent's own client on a node's own containerd, without a pod between them.
describe("the agent's CRI client", () => {
  let scene: Scene;
  let front: RegistryFront;
  let service: ImageServiceForTests;
  const never = new AbortController().signal;
  const imageOf = (repository: string) => `${front.address}/${repository}:1`;
  const socket = () =>
    scene.cluster().nodes.find(({ name }) => name === scene.nodes()[0])?.containerdSocket ?? "";

  before(async () => {
    scene = await openScene("cri", 1);
    front = await openRegistryFront();
    service = createImageService(socket());
  });
  after(async () => {
    service?.close();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  /** A pull of a new image that the registry does not end, until the hold is released. */
  const beginHeldPull = async (repository: string, signal: AbortSignal) => {
    await pushSampleImage(repository);
    const hold = createHold((request) => request.kind === "blob" && request.repository === repository);
    front.setRule(hold.rule);
    const pull = service.pullImage(imageOf(repository), signal);
    // Whoever waits for it sees how it ends; until then it must not count as unhandled.
    pull.catch(() => {});
    return { pull, hold, request: await firstOf(hold) };
  };

  it("cancels a pull in containerd when its signal aborts: the registry's connection is closed", async () => {
    const controller = new AbortController();
    const { pull, request } = await beginHeldPull("cri/cancelled", controller.signal);
    assert.equal(request.hungUp.aborted, false);
    const reason = new Error("no longer wanted");
    controller.abort(reason);
    await assert.rejects(pull, reason);
    await waitUntil("containerd hangs up", 5_000, () => request.hungUp.aborted, 10);
    assert.deepEqual(await service.imageStatus(imageOf("cri/cancelled"), never), { kind: "absent" });
  });

  it("leaves a pull alone that nobody cancels", async () => {
    const { pull, hold, request } = await beginHeldPull("cri/held", never);
    assert.deepEqual(await service.imageStatus(imageOf("cri/held"), never), { kind: "absent" });
    assert.equal(request.hungUp.aborted, false);
    hold.release();
    assert.equal((await pull).kind, "pulled");
    assert.equal((await service.imageStatus(imageOf("cri/held"), never)).kind, "present");
    assert.equal(request.hungUp.aborted, false);
  });

  it("ends a pull with runtime_down when containerd is killed, and has the channel back in 3 s", async (test) => {
    const { pull, hold } = await beginHeldPull("cri/killed", never);
    const killedAtMs = performance.now();
    killDaemon(scene.nodes()[0] ?? "", "containerd");
    const answer = await pull;
    const endedAfterMs = performance.now() - killedAtMs;
    hold.release();
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down", JSON.stringify(answer));

    // How long containerd itself is away is the node's affair; the client's share begins when it answers anybody.
    const containerdIsBack = waitUntil("containerd answers", 30_000, () => answersAnybody(socket()), 20);
    const isAnswered = async () =>
      (await service.imageStatus(imageOf("cri/killed"), never)).kind === "absent";
    const channelIsBack = waitUntil("the channel is back", 60_000, isAnswered, 0);
    const sinceKill = () => performance.now() - killedAtMs;
    const [answersAfterMs, backAfterMs] = await Promise.all([
      containerdIsBack.then(sinceKill),
      channelIsBack.then(sinceKill),
    ]);
    test.diagnostic(
      `after the kill: the pull ended after ${endedAfterMs.toFixed(0)} ms, containerd answered after ` +
        `${answersAfterMs.toFixed(0)} ms, the old channel after ${backAfterMs.toFixed(0)} ms`,
    );
    assert.ok(backAfterMs - answersAfterMs <= 3_000, "within 3 s of containerd's return");
    const fresh = await service.pullImage(imageOf("cri/killed"), never);
    assert.equal(fresh.kind, "pulled", `a fresh pull works: ${JSON.stringify(fresh)}`);
  });

  imageServiceConformance("containerd", async () => {
    for (const repository of ["cri/pullable", "cri/stalled"]) await pushSampleImage(repository);
    const hold = createHold(({ kind, repository }) => kind === "blob" && repository === "cri/stalled");
    front.setRule(hold.rule);
    return {
      imageService: service,
      pullable: imageOf("cri/pullable"),
      unknown: imageOf("cri/unknown"),
      stalled: imageOf("cri/stalled"),
      stalledPullBegan: async () => void (await firstOf(hold)),
      stalledPullEnded: () =>
        waitUntil("containerd hangs up", 5_000, () => hold.held.every(({ hungUp }) => hungUp.aborted), 10),
      close: async () => hold.release(),
    };
  });
});

async function firstOf(hold: Hold): Promise<RegistryRequest> {
  await waitUntil("the registry is asked", 30_000, () => hold.held.length > 0, 10);
  const [request] = hold.held;
  if (request === undefined) throw new Error("waitUntil returned too early");
  return request;
}

/**
 * Whether somebody who was never connected before is answered. Not with grpc-js: its clients of one address share their
 * connection, and with it the wait before the next try.
 */
async function answersAnybody(socket: string): Promise<boolean> {
  const session = http2.connect("http://localhost", { createConnection: () => net.connect(socket) });
  try {
    await once(session, "remoteSettings", { signal: AbortSignal.timeout(5_000) });
    return true;
  } finally {
    session.destroy();
  }
}
