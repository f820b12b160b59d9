import type { CredentialSource } from "./keyring.ts";
import { identityOf, type PullCredential } from "./pull-credential.ts";

/** What a process has learnt about credentials: which of them registries have let in, and which they have refused. */
export interface CredentialMemory {
  /** `source`'s credential was let in by `registry`. */
  accepted(registry: string, source: CredentialSource, credential: PullCredential): void;
  /** `registry` refused the credential for some image; it may still be right for another one. */
  refused(registry: string, credential: PullCredential): void;
  /** The sources in their order, but the one first whose credential `registry` let in last. */
  sourcesInOrder(registry: string, sources: readonly CredentialSource[]): readonly CredentialSource[];
  /** The credentials in their order, but those first that `registry` let in, and those last that it refused. */
  credentialsInOrder(registry: string, credentials: readonly PullCredential[]): readonly PullCredential[];
}

// Lower is tried first; what nobody knows anything of is between the two.
const rank = { accepted: 0, unknown: 1, refused: 2 } as const;

/** A memory that knows nothing yet. The later word counts: a credential may be right for one repository and not for another. */
export function createCredentialMemory(): CredentialMemory {
  const ends = new Map<string, "accepted" | "refused">();
  const lastSources = new Map<string, CredentialSource>();
  const keyOf = (registry: string, credential: PullCredential) => `${registry} ${identityOf(credential)}`;
  return {
    accepted: (registry, source, credential) => {
      ends.set(keyOf(registry, credential), "accepted");
      lastSources.set(registry, source);
    },
    refused: (registry, credential) => {
      ends.set(keyOf(registry, credential), "refused");
    },
    sourcesInOrder: (registry, sources) => {
      const last = lastSources.get(registry);
      return sources.toSorted((a, b) => Number(b === last) - Number(a === last));
    },
    credentialsInOrder: (registry, credentials) => {
      const rankOf = (credential: PullCredential) => rank[ends.get(keyOf(registry, credential)) ?? "unknown"];
      return credentials.toSorted((a, b) => rankOf(a) - rankOf(b));
    },
  };
}
