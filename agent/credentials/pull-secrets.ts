import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { CredentialSource } from "../keyring.ts";
import { type DockerConfig, type DockerConfigKey, dockerConfigFrom } from "./docker-config.ts";
import { credentialsMatching, inKubeletsOrder, type KeyedCredential } from "./keyed-credentials.ts";

const keys: readonly DockerConfigKey[] = [".dockerconfigjson", ".dockercfg"];

/**
 * The pull secrets that are mounted at `folders`, each in a folder that has its name. They are read at every call, so that a
 * rotated secret is seen as soon as the kubelet has written it; what has not changed is not parsed again. Read without giving way:
 * they are some kilobytes in memory, and however many images ask at once, one file is open at a time.
 */
export function createPullSecrets(folders: readonly string[]): CredentialSource {
  let last = readSecretsFrom([]);
  const read = (): ReadSecrets => {
    const secrets = folders.map((folder, index) => readSecret(folder, last.secrets[index]));
    if (secrets.some((secret, index) => secret !== last.secrets[index])) last = readSecretsFrom(secrets);
    return last;
  };
  return {
    isInstant: true,
    credentialsFor: async (repositoryName, signal) => {
      signal.throwIfAborted();
      const { credentials, problems } = read();
      return { credentials: credentialsMatching(credentials, repositoryName), problems };
    },
  };
}

interface ReadSecrets {
  /** By folder. */
  readonly secrets: readonly ReadSecret[];
  /** Of all secrets, in the order in which they are tried. */
  readonly credentials: readonly KeyedCredential[];
  readonly problems: readonly string[];
}

function readSecretsFrom(secrets: readonly ReadSecret[]): ReadSecrets {
  return {
    secrets,
    credentials: inKubeletsOrder(secrets.flatMap(({ config }) => config.credentials)),
    problems: secrets.flatMap(({ config }) => config.problems),
  };
}

interface ReadSecret {
  /** What was read; undefined where nothing could be. */
  readonly file: { readonly key: DockerConfigKey; readonly text: string } | undefined;
  readonly config: DockerConfig;
}

/** What lies in the folder now: `before` itself where that has not changed. */
function readSecret(folder: string, before: ReadSecret | undefined): ReadSecret {
  const source = `pull secret ${basename(folder)}`;
  for (const key of keys) {
    try {
      const text = readFileSync(join(folder, key), "utf8");
      if (before?.file?.key === key && before.file.text === text) return before;
      return { file: { key, text }, config: dockerConfigFrom(text, key, source) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") return unread(`the ${key} of ${source} cannot be read (${code})`, before);
    }
  }
  // The kubelet keeps links of its own, such as `..data`, in the volume of an optional Secret that is not there.
  if (namesIn(folder).every((name) => name.startsWith(".."))) return unread(`${source} is not there`, before);
  return unread(`${source} has neither ${keys.join(" nor ")}; it is no pull secret`, before);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is not there, which the caller says of a folder that is empty as well.
    return [];
  }
}

/** The same object for the same problem, so that nothing is taken for changed. */
function unread(problem: string, before: ReadSecret | undefined): ReadSecret {
  if (before !== undefined && before.file === undefined && before.config.problems[0] === problem)
    return before;
  return { file: undefined, config: { credentials: [], problems: [problem] } };
}
