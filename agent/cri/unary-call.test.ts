import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { after, before, describe, it } from "node:test";
import { Client, credentials, status } from "@grpc/grpc-js";
import { type CriServer, startCriServer } from "../testing/cri-server.ts";
import { isServiceError } from "./failure-from-error.ts";
import { methodOf, unaryCall } from "./unary-call.ts";

const pullImage = methodOf<object, { imageRef: string }>("ImageService", "PullImage");
const never = new AbortController().signal;
const requestFor = (image: string) => ({ image: { image } });

describe("methodOf()", () => {
  it("names the method as the wire does", () =>
    assert.equal(pullImage.path, "/runtime.v1.ImageService/PullImage"));

  it("knows only what the protocol file has", () => {
    assert.throws(() => methodOf("ImageService", "ListImages"), /ImageService\.ListImages/);
  });

  it("writes the bytes that the published interface defines", () => {
    // PullImageRequest{image: ImageSpec{image: "a"}}: field 1, 3 bytes: field 1, 1 byte, "a".
    assert.deepEqual([...pullImage.requestSerialize(requestFor("a"))], [0x0a, 0x03, 0x0a, 0x01, 0x61]);
  });

  it("passes over fields that it does not know", () => {
    const bytes = Buffer.from([0x0a, 0x01, 0x78, 0xfa, 0x7f, 0x02, 0x68, 0x69]);
    assert.deepEqual(pullImage.responseDeserialize(bytes), { imageRef: "x" });
  });

  it("reads a size as a number, and a message that is not there as null", () => {
    const { responseSerialize, responseDeserialize } = methodOf<object, object>(
      "ImageService",
      "ImageStatus",
    );
    const image = { id: "x", repoTags: [], repoDigests: [], size: 5_000_000_000 };
    assert.deepEqual(responseDeserialize(responseSerialize({ image })), { image });
    assert.deepEqual(responseDeserialize(responseSerialize({})), { image: null });
  });
});

describe("unaryCall()", () => {
  let server: CriServer;
  let client: Client;
  before(async () => {
    server = await startCriServer();
    client = new Client(`unix:${server.socketPath}`, credentials.createInsecure());
  });
  after(async () => {
    client.close();
    await server.close();
  });

  it("resolves with the answer, and leaves no listener", async () => {
    const { signal } = new AbortController();
    const answer = await unaryCall(client, pullImage, requestFor("a"), { signal });
    assert.deepEqual(answer, { imageRef: "sha256:a" });
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("rejects with the server's status, and leaves no listener", async () => {
    const { signal } = new AbortController();
    server.on("PullImage a", { code: status.NOT_FOUND, details: "no such image" });
    await assert.rejects(unaryCall(client, pullImage, requestFor("a"), { signal }), (error) => {
      assert.ok(isServiceError(error));
      assert.deepEqual([error.code, error.details], [status.NOT_FOUND, "no such image"]);
      return true;
    });
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("gives up after its timeout, and tells the server", async () => {
    server.on("PullImage slow", "hangs");
    const call = unaryCall(client, pullImage, requestFor("slow"), { signal: never, timeoutMs: 10 });
    await assert.rejects(call, { code: status.DEADLINE_EXCEEDED });
    await server.wasCancelled("PullImage slow");
  });

  it("cancels at the server when the signal aborts, and rejects with the reason", async () => {
    const controller = new AbortController();
    const reason = new Error("told to end");
    server.on("PullImage stalled", "hangs");
    const call = unaryCall(client, pullImage, requestFor("stalled"), { signal: controller.signal });
    const rejects = assert.rejects(call, reason);
    await server.arrived("PullImage stalled");
    controller.abort(reason);
    await rejects;
    await server.wasCancelled("PullImage stalled");
  });

  it("sends nothing where the signal has aborted before", async () => {
    const call = unaryCall(client, pullImage, requestFor("unsent"), {
      signal: AbortSignal.abort(new Error("over")),
    });
    await assert.rejects(call, /over/);
    assert.ok(!server.calls.includes("PullImage unsent"));
  });
});
