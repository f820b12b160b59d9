import { Client, credentials } from "@grpc/grpc-js";
import type { ImageService, PullAnswer, StatusAnswer, VersionAnswer } from "../image-service.ts";
import type { PullCredential } from "../pull-credential.ts";
import { failureFromError } from "./failure-from-error.ts";
import { methodOf, type UnaryCallOptions, unaryCall } from "./unary-call.ts";

interface ImageSpec {
  readonly image: string;
}
interface PullImageRequest {
  readonly image: ImageSpec;
  readonly auth?: AuthConfig;
}
interface AuthConfig {
  readonly username: string;
  readonly password: string;
  readonly identityToken: string;
}
interface VersionResponse {
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
}
interface ImageStatusResponse {
  readonly image: { readonly id: string; readonly repoDigests: string[]; readonly size: number } | null;
}

const versionMethod = methodOf<{ version: string }, VersionResponse>("RuntimeService", "Version");
const imageStatusMethod = methodOf<{ image: ImageSpec }, ImageStatusResponse>("ImageService", "ImageStatus");
const pullImageMethod = methodOf<PullImageRequest, { imageRef: string }>("ImageService", "PullImage");
const removeImageMethod = methodOf<{ image: ImageSpec }, object>("ImageService", "RemoveImage");

// A local call that takes longer than this has met a runtime that hangs or is restarting.
const localCallTimeoutMs = 10_000;

// The kubelet starts at 100 ms as well (cri-client), and waits 3 s at most; with grpc-js' jitter 2 s stays below
// that. grpc-js' own limit is 120 s, which sleeps through a restart of the runtime.
const channelOptions = {
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2_000,
  // Nothing of this is used on a local socket, and each costs memory or time.
  "grpc.enable_channelz": 0,
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
} as const;

/** The tests' extra right over the agent's own: they may remove images. */
export interface ImageServiceForTests extends ImageService {
  /** Removes the image and what only it used. Removing what is not there succeeds; throws where the runtime fails. */
  removeImage(imageReference: string, signal: AbortSignal): Promise<void>;
}

/**
 * The runtime behind the Unix socket `socketPath` (an absolute path). Nothing is connected before the first call,
 * and a missing socket is a call's `runtime_down`, not an error here.
 */
export function createImageService(socketPath: string): ImageServiceForTests {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure(), channelOptions);

  const closing = new AbortController();

  async function answerOf<Answer>(call: (untilEnd: AbortSignal) => Promise<Answer>, signal: AbortSignal) {
    try {
      // grpc-js lets calls under way go on when their client is closed.
      return await call(AbortSignal.any([signal, closing.signal]));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (closing.signal.aborted) return { kind: "failed", failure: closed } as const;
      return { kind: "failed", failure: failureFromError(error) } as const;
    }
  }
  const local = (signal: AbortSignal): UnaryCallOptions => ({
    signal,
    timeoutMs: localCallTimeoutMs,
    waitForReady: true,
  });

  return {
    version: (signal) =>
      answerOf(async (untilEnd): Promise<VersionAnswer> => {
        const options = { signal: untilEnd, timeoutMs: localCallTimeoutMs };
        const response = await unaryCall(client, versionMethod, { version: "v1" }, options);
        return {
          kind: "version",
          version: {
            name: response.runtimeName,
            version: response.runtimeVersion,
            apiVersion: response.runtimeApiVersion,
          },
        };
      }, signal),
    imageStatus: (imageReference, signal) =>
      answerOf(async (untilEnd): Promise<StatusAnswer> => {
        const request = { image: { image: imageReference } };
        const { image } = await unaryCall(client, imageStatusMethod, request, local(untilEnd));
        if (image === null || image === undefined) return { kind: "absent" };
        return {
          kind: "present",
          image: { imageId: image.id, repoDigests: image.repoDigests, sizeBytes: image.size },
        };
      }, signal),
    pullImage: (imageReference, signal, credential) =>
      answerOf(async (untilEnd): Promise<PullAnswer> => {
        const auth = credential === undefined ? {} : { auth: authConfigFrom(credential) };
        const request = { image: { image: imageReference }, ...auth };
        const { imageRef } = await unaryCall(client, pullImageMethod, request, {
          signal: untilEnd,
          waitForReady: true,
        });
        // The kubelet treats an empty image ID as a failure too.
        if (imageRef === "") return { kind: "failed", failure: noImageId };
        return { kind: "pulled", imageId: imageRef };
      }, signal),
    removeImage: async (imageReference, signal) => {
      await unaryCall(client, removeImageMethod, { image: { image: imageReference } }, local(signal));
    },
    close: () => {
      closing.abort();
      client.close();
    },
  };
}

// No server address, as the kubelet sends none: with one, containerd drops the credential unless it is, scheme and all, the
// host that it contacts, which is never `docker.io` nor a mirror.
function authConfigFrom({ username, password, identityToken }: PullCredential): AuthConfig {
  // Docker keeps a placeholder as the user's name beside an identity token, and containerd would log in with that.
  return password === "" && identityToken !== ""
    ? { username: "", password: "", identityToken }
    : { username, password, identityToken };
}

const closed = { reason: "runtime_down", message: "the connection to the runtime was closed" } as const;
const noImageId = { reason: "unknown", message: "the runtime reported a pull without an image ID" } as const;
