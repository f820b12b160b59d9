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
 * 2. However many ask at once, few files are open and few programs run.
 */
export interface CredentialSource {
  /** What there is for `repositoryName`, registry and repository in full: `docker.io/library/nginx`. */
  credentialsFor(repositoryName: string, signal: AbortSignal): Promise<FoundCredentials>;
  /** Whether an answer takes no longer than to read some files, so that it is worth asking again right before it is used. */
  readonly isInstant: boolean;
  /** All that it has for the repository was refused, so that it is time to find out anew what it has kept for a while. */
  refused?(repositoryName: string): void;
}

/** The sources of credentials in the order in which they are asked: a later one only if all of the earlier were refused. */
export type Keyring = readonly CredentialSource[];
