import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { status } from "@grpc/grpc-js";
import type { PullCredential } from "../pull-credential.ts";
import { type CriServer, startCriServer } from "../testing/cri-server.ts";
import { imageServiceConformance } from "../testing/image-service-conformance.ts";
import { createImageService, type ImageServiceForTests } from "./create-image-service.ts";

const never = new AbortController().signal;

imageServiceConformance("createImageService() on a gRPC server", async () => {
  const server = await startCriServer();
  const imageService = createImageService(server.socketPath);
  server.always("PullImage unknown", {
    code: status.NOT_FOUND,
    details:
      'failed to pull and unpack image "unknown": failed to resolve reference "unknown": unknown: not found',
  });
  server.always("PullImage stalled", "hangs");
  return {
    imageService,
    pullable: "pullable",
    unknown: "unknown",
    stalled: "stalled",
    stalledPullBegan: () => server.arrived("PullImage stalled"),
    stalledPullEnded: () => server.wasCancelled("PullImage stalled"),
    close: async () => {
      imageService.close();
      await server.close();
    },
  };
});

describe("createImageService()", () => {
  let server: CriServer;
  let imageService: ImageServiceForTests;
  beforeEach(async () => {
    server = await startCriServer();
    imageService = createImageService(server.socketPath);
  });
  afterEach(async () => {
    imageService.close();
    await server.close();
  });

  it("asks for exactly what it is told, with no credentials and no sandbox", async () => {
    await imageService.version(never);
    await imageService.imageStatus("a", never);
    await imageService.pullImage("a", never);
    assert.deepEqual(server.calls, ["Version", "ImageStatus a", "PullImage a"]);
    assert.deepEqual(server.messages, [
      { version: "v1" },
      { image: { image: "a" } },
      { image: { image: "a" }, auth: null },
    ]);
  });

  describe("with a credential", () => {
    const sent = async (parts: Partial<PullCredential>) => {
      const none = { username: "", password: "", identityToken: "", origin: "a test" };
      await imageService.pullImage("a", never, { ...none, ...parts });
      return server.messages;
    };
    const requestWith = (auth: object) => [{ image: { image: "a" }, auth: { serverAddress: "", ...auth } }];

    it("sends user and password, and no server address", async () => {
      const expected = requestWith({ username: "me", password: "pä:ss", identityToken: "" });
      assert.deepEqual(await sent({ username: "me", password: "pä:ss" }), expected);
    });

    it("passes an identity token on", async () => {
      const expected = requestWith({ username: "me", password: "pass", identityToken: "token" });
      assert.deepEqual(await sent({ username: "me", password: "pass", identityToken: "token" }), expected);
    });

    it("leaves out a user without a password beside it, as the runtime would log in with that", async () => {
      const expected = requestWith({ username: "", password: "", identityToken: "token" });
      assert.deepEqual(await sent({ username: "<token>", identityToken: "token" }), expected);
    });

    it("sends a user whose password is empty", async () => {
      const expected = requestWith({ username: "me", password: "", identityToken: "" });
      assert.deepEqual(await sent({ username: "me" }), expected);
    });
  });

  const codes: readonly [code: status, reason: string][] = [
    [status.CANCELLED, "unavailable"],
    [status.UNKNOWN, "unknown"],
    [status.INVALID_ARGUMENT, "unknown"],
    [status.DEADLINE_EXCEEDED, "runtime_down"],
    [status.NOT_FOUND, "not_found"],
    [status.ALREADY_EXISTS, "unknown"],
    [status.PERMISSION_DENIED, "unauthorized"],
    [status.RESOURCE_EXHAUSTED, "throttled"],
    [status.FAILED_PRECONDITION, "unknown"],
    [status.ABORTED, "unknown"],
    [status.OUT_OF_RANGE, "unknown"],
    [status.UNIMPLEMENTED, "unknown"],
    [status.INTERNAL, "unknown"],
    [status.UNAVAILABLE, "unavailable"],
    [status.DATA_LOSS, "unknown"],
    [status.UNAUTHENTICATED, "unauthorized"],
  ];
  for (const [code, reason] of codes) {
    it(`answers ${reason} to the runtime's ${status[code]}`, async () => {
      const details = "the runtime's words";
      server.always("PullImage a", { code, details });
      server.always("ImageStatus a", { code, details });
      const expected = { kind: "failed", failure: { reason, message: details } };
      assert.deepEqual(await imageService.pullImage("a", never), expected);
      assert.deepEqual(await imageService.imageStatus("a", never), expected);
    });
  }

  it("takes a pull without an image ID for a failure, as the kubelet does", async () => {
    server.on("PullImage a", { message: { imageRef: "" } });
    const answer = await imageService.pullImage("a", never);
    assert.ok(answer.kind === "failed" && answer.failure.reason === "unknown");
  });

  it("keeps secrets out of a failure's message", async () => {
    const details = 'Get "https://me:hunter2@quay.io/v2/?sig=hunter2": unexpected EOF';
    server.on("PullImage a", { code: status.UNKNOWN, details });
    const answer = await imageService.pullImage("a", never);
    assert.ok(answer.kind === "failed" && !answer.failure.message.includes("hunter2"));
  });

  it("answers runtime_down where the runtime goes away under a pull", async () => {
    server.on("PullImage a", "hangs");
    const pull = imageService.pullImage("a", never);
    await server.arrived("PullImage a");
    await server.stop();
    const answer = await pull;
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down", JSON.stringify(answer));
  });

  it("waits for a runtime that restarts, and reaches it within 3 s of its return", async () => {
    await imageService.version(never);
    await server.stop();
    const down = await imageService.version(never);
    assert.ok(down.kind === "failed" && down.failure.reason === "runtime_down", JSON.stringify(down));
    const status = imageService.imageStatus("a", never);
    const pull = imageService.pullImage("b", never);
    await server.start();
    const startMs = performance.now();
    assert.equal((await status).kind, "absent");
    assert.equal((await pull).kind, "pulled");
    assert.ok(performance.now() - startMs < 3_000);
  });

  it("stops waiting for a runtime that is away when its signal aborts", async () => {
    await server.stop();
    const controller = new AbortController();
    const reason = new Error("told to end");
    const rejects = assert.rejects(imageService.pullImage("a", controller.signal), reason);
    await new Promise(setImmediate);
    controller.abort(reason);
    await rejects;
  });

  it("ends what is under way with runtime_down when it is closed", async () => {
    server.on("PullImage a", "hangs");
    const pull = imageService.pullImage("a", never);
    await server.arrived("PullImage a");
    imageService.close();
    const answer = await pull;
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down", JSON.stringify(answer));
  });

  it("answers runtime_down once it is closed", async () => {
    imageService.close();
    const answer = await imageService.imageStatus("a", never);
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down", JSON.stringify(answer));
  });
});

describe("createImageService() on what is no CRI", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "no-cri-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("answers runtime_down at once where no socket lies, and names the path", async () => {
    const path = join(folder, "missing.sock");
    const imageService = createImageService(path);
    const answer = await imageService.version(never);
    imageService.close();
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down");
    assert.match(answer.failure.message, /ENOENT/);
    assert.ok(answer.failure.message.includes(path));
  });

  it("answers runtime_down where something else listens", async () => {
    const path = join(folder, "http.sock");
    const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(path);
    const imageService = createImageService(path);
    const answer = await imageService.version(never);
    imageService.close();
    server.close();
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down", JSON.stringify(answer));
  });

  it("answers runtime_down where the socket's rights forbid it", async () => {
    const path = join(folder, "forbidden.sock");
    const server = createServer().listen(path);
    await chmod(folder, 0o755);
    await chmod(path, 0);
    const imageService = createImageService(path);
    const answer = await asNobody(() => imageService.version(never));
    imageService.close();
    server.close();
    assert.ok(answer.kind === "failed" && answer.failure.reason === "runtime_down");
    assert.match(answer.failure.message, /EACCES/);
  });

  it("says that the service is not there where the runtime has no CRI v1", async () => {
    const server = await startCriServer([]);
    const imageService = createImageService(server.socketPath);
    const answer = await imageService.version(never);
    imageService.close();
    await server.close();
    assert.ok(answer.kind === "failed" && answer.failure.reason === "unknown", JSON.stringify(answer));
    assert.match(answer.failure.message, /runtime\.v1\.RuntimeService/);
  });
});

/** What `action` comes to without root's right to open everything; as it is where this process is not root's. */
async function asNobody<Result>(action: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
