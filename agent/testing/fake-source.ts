import type { CredentialSource } from "../keyring.ts";
import type { PullCredential } from "../pull-credential.ts";

/** A credential whose password is its origin: nothing else counts in a test that asks for neither. */
export function credentialOf(origin: string, parts: Partial<PullCredential> = {}): PullCredential {
  return { username: "me", password: origin, identityToken: "", origin, ...parts };
}

/** A source whose answer can be changed, and which counts. */
export interface FakeSource extends CredentialSource {
  /** The origins of what it has for every image, in order. */
  origins: readonly string[];
  problems: readonly string[];
  /** The repositories that it was asked for. */
  readonly asked: string[];
  /** The repositories for which all that it has was refused. */
  readonly refusals: string[];
}

/** A source that has these credentials for every image. */
export function createFakeSource(...origins: readonly string[]): FakeSource {
  const source: FakeSource = {
    origins,
    problems: [],
    asked: [],
    refusals: [],
    isInstant: true,
    refused: (repositoryName) => {
      source.refusals.push(repositoryName);
    },
    credentialsFor: async (repositoryName, signal) => {
      signal.throwIfAborted();
      source.asked.push(repositoryName);
      return { credentials: source.origins.map((origin) => credentialOf(origin)), problems: source.problems };
    },
  };
  return source;
}
