import type { Failure } from "./failure.ts";
import type { PullCredential } from "./pull-credential.ts";

/** What a container runtime says of itself, e.g. `{name: "containerd", version: "v2.4.2", apiVersion: "v1"}`. */
export interface RuntimeVersion {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
}

/** An image in the runtime's store. */
export interface StoredImage {
  /** The image ID: the digest of the image's configuration. */
  readonly imageId: string;
  /** `registry/repository@sha256:...`, one for each name by which the image was pulled. */
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
}

export type VersionAnswer =
  | { readonly kind: "version"; readonly version: RuntimeVersion }
  | { readonly kind: "failed"; readonly failure: Failure };

export type StatusAnswer =
  | { readonly kind: "present"; readonly image: StoredImage }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly failure: Failure };

export type PullAnswer =
  | { readonly kind: "pulled"; readonly imageId: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/**
 * The node's container runtime as the agent sees it. Its promises:
 * 1. A failure of the runtime or of a registry is an answer; a call rejects only when `signal` aborts, with its reason.
 * 2. An aborted call is cancelled at the runtime too: no pull goes on behind the agent's back.
 * 3. A runtime that went away is reached again within 3 s of its return.
 */
export interface ImageService {
  /** Asks what listens on the socket. Never waits for a runtime that is not there: it fails with `runtime_down`. */
  version(signal: AbortSignal): Promise<VersionAnswer>;
  /** Looks in the runtime's own store; no registry is asked. Waits up to 10 s for a runtime that is restarting. */
  imageStatus(imageReference: string, signal: AbortSignal): Promise<StatusAnswer>;
  /** Pulls and unpacks, without a credential where none is given. Ends when the image is there; has no time limit but `signal`. */
  pullImage(imageReference: string, signal: AbortSignal, credential?: PullCredential): Promise<PullAnswer>;
  /** Closes the connection. Calls under way end with `runtime_down`. */
  close(): void;
}
