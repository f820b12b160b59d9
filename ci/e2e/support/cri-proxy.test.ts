import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { createImageService, type ImageServiceForTests } from "../../../agent/cri/create-image-service.ts";
import { methodOf } from "../../../agent/cri/unary-call.ts";
import { type CriServer, startCriServer } from "../../../agent/testing/cri-server.ts";
import { type CriProxy, serveCriProxy } from "./cri-proxy.ts";
import { answersWith, failsAfterwards, failsWith, onCalls } from "./cri-proxy-fault.ts";
import { latency, silence, together } from "./fault-rule.ts";

const never = new AbortController().signal;

describe("a CRI proxy", () => {
  let runtime: CriServer;
  let proxy: CriProxy;
  let agent: ImageServiceForTests;

  beforeEach(async () => {
    runtime = await startCriServer();
    const hostPath = join(dirname(runtime.socketPath), "proxy", "cri.sock");
    proxy = await serveCriProxy("/run/proxy/cri.sock", hostPath, runtime.socketPath);
    agent = createImageService(hostPath);
  });
  afterEach(async () => {
    agent.close();
    await proxy[Symbol.asyncDispose]();
    await runtime.close();
  });

  const pull = (image: string, signal = never) => agent.pullImage(image, signal);
  const failureOf = async (image: string) => {
    const answer = await pull(image);
    return answer.kind === "failed" ? answer.failure.message : answer.kind;
  };

  it("passes calls on and answers back, and notes each", async () => {
    assert.equal((await agent.version(never)).kind, "version");
    assert.equal((await agent.imageStatus("r:1/a", never)).kind, "absent");
    assert.deepEqual(await pull("r:1/a"), { kind: "pulled", imageId: "sha256:r:1/a" });
    assert.equal((await agent.imageStatus("r:1/a", never)).kind, "present");
    await agent.removeImage("r:1/a", never);
    const noted = proxy.calls.map(({ method, image }) => `${method} ${image}`.trim());
    assert.deepEqual(noted, runtime.calls);
    for (const { isPassedOn, isCancelled, outcome, atMs, endedAtMs } of proxy.calls) {
      assert.deepEqual([isPassedOn, isCancelled, outcome], [true, false, "ok"]);
      assert.ok((endedAtMs ?? 0) >= atMs);
    }
    proxy.clear();
    assert.deepEqual(proxy.calls, []);
  });

  it("passes the runtime's errors on, and notes them", async () => {
    runtime.on("PullImage a", { code: status.NOT_FOUND, details: "a: not found" });
    assert.equal(await failureOf("a"), "a: not found");
    const error = { code: status.NOT_FOUND, message: "a: not found" };
    assert.deepEqual(proxy.calls[0]?.outcome, error);

    const metadata = new Metadata();
    const details = Buffer.from("bytes of a google.rpc.Status");
    metadata.set("grpc-status-details-bin", details);
    const detailed = { code: status.UNKNOWN, details: "no luck", metadata };
    runtime.on("PullImage b", detailed);
    assert.equal(await failureOf("b"), "no luck");
    assert.deepEqual(proxy.calls[1]?.outcome, { code: status.UNKNOWN, message: "no luck", details });
  });

  it("fails calls without the runtime, as often as it says", async () => {
    proxy.setRule(
      onCalls({ method: "PullImage", image: "a" }, failsWith(status.UNKNOWN, "no luck"), { times: 1 }),
    );
    assert.equal((await agent.imageStatus("a", never)).kind, "absent");
    assert.deepEqual(
      [await failureOf("a"), await failureOf("b"), await failureOf("a")],
      ["no luck", "pulled", "pulled"],
    );
    assert.deepEqual(
      proxy.callsOf({ image: "a", method: "PullImage" }).map(({ isPassedOn }) => isPassedOn),
      [false, true],
    );
  });

  it("meets the calls of one registry", async () => {
    proxy.setRule(onCalls({ registry: "r:1" }, failsWith(status.UNKNOWN, "no luck")));
    assert.deepEqual([await failureOf("r:1/a"), await failureOf("r:10/a")], ["no luck", "pulled"]);
  });

  it("sends the error's details", async () => {
    const details = Buffer.from("bytes of a google.rpc.Status");
    proxy.setRule(onCalls({}, failsWith(status.UNKNOWN, "no luck", details)));
    const client = new Client(`unix:${proxy.hostPath}`, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = methodOf<object, object>(
      "ImageService",
      "PullImage",
    );
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, new Metadata(), resolve);
    });
    client.close();
    assert.deepEqual(error?.metadata.get("grpc-status-details-bin"), [details]);
  });

  it("lets the runtime do the work and fails its answer", async () => {
    proxy.setRule(onCalls({ method: "PullImage" }, failsAfterwards(status.UNAVAILABLE, "too late")));
    assert.equal(await failureOf("a"), "too late");
    assert.equal((await agent.imageStatus("a", never)).kind, "present");
  });

  it("answers by itself", async () => {
    proxy.setRule(onCalls({ method: "PullImage" }, answersWith({ imageRef: "" })));
    assert.match(await failureOf("a"), /without an image ID/);
    assert.deepEqual(runtime.calls, []);
  });

  it("lets others pass while one waits", async () => {
    const fault = failsWith(status.UNKNOWN, "late");
    proxy.setRule(together(onCalls({ method: "PullImage" }, latency(50)), onCalls({ image: "a" }, fault)));
    const waiting = [failureOf("a"), failureOf("b")];
    while (proxy.calls.length < 2) await new Promise(setImmediate);
    await agent.version(never);
    assert.deepEqual(await Promise.all(waiting), ["late", "pulled"]);
    assert.deepEqual(runtime.calls, ["Version", "PullImage b"]);
  });

  it("never answers in silence, and notes who gives up", async () => {
    proxy.setRule(onCalls({}, silence));
    const controller = new AbortController();
    const pulls = ["r:1/a", "r:1/b", "s:2/a"].map((image) => pull(image, controller.signal));
    while (proxy.calls.length < 3) await new Promise(setImmediate);
    assert.deepEqual([proxy.mostPullsAtOnce(), proxy.mostPullsAtOnce("r:1")], [3, 2]);
    controller.abort(new Error("no longer wanted"));
    for (const end of await Promise.allSettled(pulls)) assert.equal(end.status, "rejected");
    while (proxy.calls.some(({ isCancelled }) => !isCancelled)) await new Promise(setImmediate);
    for (const { outcome, endedAtMs, isPassedOn } of proxy.calls)
      assert.deepEqual([outcome, endedAtMs !== undefined, isPassedOn], [undefined, true, false]);
  });

  it("cancels in the runtime what the agent cancels", async () => {
    runtime.always("PullImage a", "hangs");
    const controller = new AbortController();
    const pulling = pull("a", controller.signal);
    await runtime.arrived("PullImage a");
    assert.deepEqual(runtime.cancelled, []);
    controller.abort(new Error("no longer wanted"));
    await assert.rejects(pulling, /no longer wanted/);
    await runtime.wasCancelled("PullImage a");
    // Whatever the runtime says after that has come by the time that another call is answered.
    await agent.version(never);
    const { isCancelled, outcome } = proxy.calls[0] ?? {};
    assert.deepEqual([isCancelled, outcome], [true, undefined]);
  });

  it("goes away, socket and connections too, and comes back", async () => {
    assert.equal(await failureOf("a"), "pulled");
    await proxy.stop();
    await assert.rejects(stat(proxy.hostPath), { code: "ENOENT" });
    const version = await agent.version(never);
    assert.ok(
      version.kind === "failed" && version.failure.reason === "runtime_down",
      JSON.stringify(version),
    );
    await proxy.start();
    assert.equal(await failureOf("a"), "pulled");
  });

  it("may be used by the owner and the group alone", async () => {
    const { mode } = await stat(proxy.hostPath);
    assert.equal((mode & 0o777).toString(8), "660");
  });
});
