import { readFile } from "node:fs/promises";
import type { CredentialSource } from "../keyring.ts";
import { credentialsMatching, inKubeletsOrder } from "./keyed-credentials.ts";
import { createProviderAnswers, type ProviderAnswers } from "./provider-answers.ts";
import { type ProviderConfig, providerConfigFrom } from "./provider-config.ts";
import type { RunOptions } from "./provider-run.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { locationOf, matches } from "./registry-pattern.ts";

/** Where the kubelet's credential providers are, and what their plugins run with. */
export interface CredentialProvidersOptions extends RunOptions {
  /** The kubelet's CredentialProviderConfig, as YAML or JSON. */
  readonly configFile: string;
}

/**
 * The credential providers that the kubelet has, run as the kubelet runs them. All of them that match an image are asked, at the same
 * time, and what they answer is one keyring; of equal keys that of the earlier provider comes first. The config is read at every
 * call; one that has changed begins with empty caches.
 */
export function createCredentialProviders(options: CredentialProvidersOptions): CredentialSource {
  const { configFile } = options;
  const place = `credential provider config ${configFile}`;
  let last: ReadConfig | undefined;
  const readConfig = async (): Promise<ReadConfig> => {
    try {
      const text = await readFile(configFile, "utf8");
      if (text !== last?.text) last = startedWith(text, providerConfigFrom(text, place), options);
      return last;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why = code === "ENOENT" ? "is not there" : `cannot be read (${code})`;
      return { text: undefined, providers: [], problems: [`${place} ${why}`] };
    }
  };
  return {
    credentialsFor: async (repositoryName, signal) => {
      signal.throwIfAborted();
      const { providers, problems } = await readConfig();
      signal.throwIfAborted();
      const location = locationOf(repositoryName);
      const asked = providers.filter(
        ({ settings }) =>
          location !== undefined && settings.matchImages.some((pattern) => matches(pattern, location)),
      );
      const found = await Promise.all(asked.map(({ answers }) => answers.answerFor(repositoryName, signal)));
      const keyed = inKubeletsOrder(found.flatMap(({ credentials }) => credentials));
      return {
        credentials: credentialsMatching(keyed, repositoryName),
        problems: [...problems, ...found.flatMap((answer) => answer.problems)],
      };
    },
  };
}

interface ReadConfig {
  /** What the file holds; undefined where it cannot be read. */
  readonly text: string | undefined;
  readonly providers: readonly { readonly settings: ProviderSettings; readonly answers: ProviderAnswers }[];
  readonly problems: readonly string[];
}

function startedWith(text: string, { providers, problems }: ProviderConfig, options: RunOptions): ReadConfig {
  const started = providers.map((settings) => ({
    settings,
    answers: createProviderAnswers(settings, options),
  }));
  return { text, providers: started, problems };
}
