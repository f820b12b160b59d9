import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CredentialSource } from "../keyring.ts";
import { type DockerConfig, type DockerConfigKey, dockerConfigFrom } from "./docker-config.ts";
import { credentialsMatching, inKubeletsOrder, type KeyedCredential } from "./keyed-credentials.ts";

const keys: readonly DockerConfigKey[] = [".dockerconfigjson", ".dockercfg"];

/**
 * The pull secrets that are mounted at `folders`, each in a folder that has its name. They are read at every call, so that a
 * rotated secret is seen as soon as the kubelet has written it; what has not changed is not parsed again.
 */
export function createPullSecrets(folders: readonly string[]): CredentialSource {
  let read: readonly ReadSecret[] = [];
  let sorted: readonly KeyedCredential[] = [];
  return {
    credentialsFor: async (repositoryName, signal) => {
      signal.throwIfAborted();
      const now = await Promise.all(folders.map((folder, index) => readSecret(folder, read[index])));
      if (now.some((secret, index) => secret !== read[index])) {
        sorted = inKubeletsOrder(now.flatMap(({ config }) => config.credentials));
        read = now;
      }
      return {
        credentials: credentialsMatching(sorted, repositoryName),
        problems: now.flatMap(({ config }) => config.problems),
      };
    },
  };
}

interface ReadSecret {
  /** What the file holds; undefined where none could be read. */
  readonly text: string | undefined;
  readonly config: DockerConfig;
}

/** What lies in the folder now: `before` itself where that has not changed. */
async function readSecret(folder: string, before: ReadSecret | undefined): Promise<ReadSecret> {
  const source = `pull secret ${basename(folder)}`;
  for (const key of keys) {
    try {
      const text = await readFile(join(folder, key), "utf8");
      if (before !== undefined && text === before.text) return before;
      return { text, config: dockerConfigFrom(text, key, source) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") return unread(`the ${key} of ${source} cannot be read (${code})`, before);
    }
  }
  // The kubelet keeps links of its own, such as `..data`, in the volume of an optional Secret that is not there.
  const isMissing = (await readdir(folder).catch(() => [])).every((name) => name.startsWith(".."));
  return unread(
    isMissing
      ? `${source} is not there`
      : `${source} has neither ${keys.join(" nor ")}; it is no pull secret`,
    before,
  );
}

function unread(problem: string, before: ReadSecret | undefined): ReadSecret {
  if (before?.config.problems[0] === problem && before.text === undefined) return before;
  return { text: undefined, config: { credentials: [], problems: [problem] } };
}
