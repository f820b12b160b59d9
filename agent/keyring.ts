import type { PullCredential } from "./pull-credential.ts";

/** What a source of credentials has for one image. */
export interface FoundCredentials {
  /** In the order in which they are to be tried; empty where none is for this image. */
  readonly credentials: readonly PullCredential[];
  /** What could not be used, and why: a sentence each, which names files and keys and never what is in them. */
  readonly problems: readonly string[];
}

/**
 * Where pull credentials come from. Its promises:
 * 1. What cannot be read or run is a problem in the answer; a call rejects only when `signal` aborts, with its reason.
 * 2. An answer is of now: what was rotated since the last call is seen.
 */
export interface CredentialSource {
  /** What there is for `repositoryName`, registry and repository in full: `docker.io/library/nginx`. */
  credentialsFor(repositoryName: string, signal: AbortSignal): Promise<FoundCredentials>;
}

/** The sources of credentials in the order in which they are asked: a later one only if all of the earlier were refused. */
export type Keyring = readonly CredentialSource[];
