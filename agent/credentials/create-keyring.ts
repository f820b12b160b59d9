import type { Clock } from "../clock.ts";
import type { CredentialSource, Keyring } from "../keyring.ts";
import type { Log } from "../log.ts";
import type { CredentialProviderPaths } from "../settings.ts";
import { createCredentialProviders } from "./provider-source.ts";
import { createPullSecrets } from "./pull-secrets.ts";

/** Where the process finds credentials. */
export interface KeyringOptions {
  /** Folders at which pull secrets are mounted, in the order in which they are to be tried. */
  readonly pullSecretFolders: readonly string[];
  /** The kubelet's credential providers; undefined for none. */
  readonly credentialProviders: CredentialProviderPaths | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** The pull secrets and, after them, the kubelet's credential providers. Each of their problems is logged once, of the first thousand. */
export function createKeyring({
  pullSecretFolders,
  credentialProviders,
  clock,
  log,
}: KeyringOptions): Keyring {
  const sources: CredentialSource[] = [];
  if (pullSecretFolders.length > 0) sources.push(createPullSecrets(pullSecretFolders));
  if (credentialProviders !== undefined)
    sources.push(createCredentialProviders({ ...credentialProviders, clock }));
  return sources.map((source) => ({ ...source, credentialsFor: withProblemsTold(source, log) }));
}

// A provider's problems name the image; a list may have thousands.
const mostTold = 1_000;

function withProblemsTold(source: CredentialSource, log: Log): CredentialSource["credentialsFor"] {
  const told = new Set<string>();
  return async (repositoryName, signal) => {
    const found = await source.credentialsFor(repositoryName, signal);
    for (const problem of found.problems) {
      if (told.has(problem) || told.size >= mostTold) continue;
      told.add(problem);
      log.warn({ problem }, "a source of credentials cannot be used");
    }
    return found;
  };
}
