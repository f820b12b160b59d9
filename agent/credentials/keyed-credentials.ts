import type { PullCredential } from "../pull-credential.ts";
import { locationOf, matches, type RegistryPattern } from "./registry-pattern.ts";

/** A credential with the key that it was found under. */
export interface KeyedCredential {
  readonly pattern: RegistryPattern;
  readonly credential: PullCredential;
}

/**
 * The order in which the kubelet tries credentials: keys backwards, so that of one host the longer path comes first and `*` comes
 * last. Where two have the same key, the one that was given first.
 */
export function inKubeletsOrder(credentials: readonly KeyedCredential[]): readonly KeyedCredential[] {
  return credentials.toSorted((a, b) => compare(b.pattern.text, a.pattern.text));
}

/** Those of `credentials` that are for the repository, in the order given. */
export function credentialsMatching(
  credentials: readonly KeyedCredential[],
  repositoryName: string,
): readonly PullCredential[] {
  const location = locationOf(repositoryName);
  if (location === undefined) return [];
  return credentials.filter(({ pattern }) => matches(pattern, location)).map(({ credential }) => credential);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
