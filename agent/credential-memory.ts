import type { CredentialSource } from "./keyring.ts";
import { identityOf, type PullCredential } from "./pull-credential.ts";

/** What a process has learnt about credentials: which of them registries have let in, and which they have refused. */
export interface CredentialMemory {
  /** `source`'s credential was let in for the repository. */
  accepted(repositoryName: string, source: CredentialSource, credential: PullCredential): void;
  /** The credential was refused for the repository; it may still be right for another one. */
  refused(repositoryName: string, credential: PullCredential): void;
  /** The sources in their order, but the one first whose credential was let in last. */
  sourcesInOrder(repositoryName: string, sources: readonly CredentialSource[]): readonly CredentialSource[];
  /** The credentials in their order, but those first that were let in, and those last that were refused. */
  credentialsInOrder(
    repositoryName: string,
    credentials: readonly PullCredential[],
  ): readonly PullCredential[];
}

// A plugin may come up with a new token for every image, round after round.
const mostRemembered = 10_000;

// Lower is tried first; what nobody knows anything of is between the two.
const rank = { accepted: 0, unknown: 1, refused: 2 } as const;

/**
 * A memory that knows nothing yet. What was learnt last counts, in the repository's own folder before the rest of its registry:
 * two teams at one registry may each have a credential for the whole of it by its key, and the right to a part.
 */
export function createCredentialMemory(): CredentialMemory {
  const ends = new Map<string, "accepted" | "refused">();
  const lastSources = new Map<string, CredentialSource>();
  const keysOf = (repositoryName: string, credential: PullCredential) =>
    scopesOf(repositoryName).map((scope) => `${scope} ${identityOf(credential)}`);
  const remember = (repositoryName: string, credential: PullCredential, end: "accepted" | "refused") => {
    for (const key of keysOf(repositoryName, credential)) ends.set(key, end);
    // A map keeps the order in which its keys came.
    while (ends.size > mostRemembered) ends.delete(ends.keys().next().value ?? "");
  };
  const rankOf = (repositoryName: string, credential: PullCredential) =>
    rank[firstIn(ends, keysOf(repositoryName, credential)) ?? "unknown"];
  return {
    accepted: (repositoryName, source, credential) => {
      remember(repositoryName, credential, "accepted");
      for (const scope of scopesOf(repositoryName)) lastSources.set(scope, source);
    },
    refused: (repositoryName, credential) => remember(repositoryName, credential, "refused"),
    sourcesInOrder: (repositoryName, sources) => {
      const last = firstIn(lastSources, scopesOf(repositoryName));
      return sources.toSorted((a, b) => Number(b === last) - Number(a === last));
    },
    credentialsInOrder: (repositoryName, credentials) =>
      credentials.toSorted((a, b) => rankOf(repositoryName, a) - rankOf(repositoryName, b)),
  };
}

/** The repository's folder, and its registry. */
function scopesOf(repositoryName: string): readonly string[] {
  const registry = repositoryName.slice(0, repositoryName.indexOf("/"));
  return [repositoryName.slice(0, repositoryName.lastIndexOf("/")), registry];
}

function firstIn<Value>(map: ReadonlyMap<string, Value>, keys: readonly string[]): Value | undefined {
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}
