import { readFileSync } from "node:fs";
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
 * The credential providers that the kubelet has, run by the kubelet's protocol with the configured environment alone. All of them that match an image are asked, at the same
 * time, and what they answer is one keyring; of equal keys that of the earlier provider comes first. The config is read at every
 * call; one that has changed begins with empty caches.
 */
export function createCredentialProviders(options: CredentialProvidersOptions): CredentialSource {
  const { configFile } = options;
  const place = `credential provider config ${configFile}`;
  let last: ReadConfig = { text: undefined, providers: [], problems: [] };
  const read = (): ReadConfig => {
    try {
      const text = readFileSync(configFile, "utf8");
      if (text !== last.text) last = startedWith(text, providerConfigFrom(text, place), options);
      return last;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why = code === "ENOENT" ? "is not there" : `cannot be read (${code})`;
      return { text: undefined, providers: [], problems: [`${place} ${why}`] };
    }
  };
  return {
    isInstant: false,
    credentialsFor: async (repositoryName, signal) => {
      signal.throwIfAborted();
      const { providers, problems } = read();
      const asked = answersFor(repositoryName, providers);
      const found = await Promise.all(asked.map((answers) => answers.answerFor(repositoryName, signal)));
      const keyed = inKubeletsOrder(found.flatMap(({ credentials }) => credentials));
      return {
        credentials: credentialsMatching(keyed, repositoryName),
        problems: [...found.flatMap((answer) => answer.problems), ...problems],
      };
    },
    refused: (repositoryName) => {
      for (const answers of answersFor(repositoryName, last.providers)) answers.refused(repositoryName);
    },
  };
}

type Provider = ReadConfig["providers"][number];

/** The answers of those that are asked for images of the repository. */
function answersFor(repositoryName: string, providers: readonly Provider[]): readonly ProviderAnswers[] {
  const location = locationOf(repositoryName);
  if (location === undefined) return [];
  return providers
    .filter(({ settings }) => settings.matchImages.some((pattern) => matches(pattern, location)))
    .map(({ answers }) => answers);
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
