import { load, YAMLException } from "js-yaml";
import { isRecord } from "./json.ts";
import { type ProviderSettings, providerFrom } from "./provider-settings.ts";

/** What a CredentialProviderConfig says. */
export interface ProviderConfig {
  /** Those that can be used, in the order in which they stand. */
  readonly providers: readonly ProviderSettings[];
  /** What cannot be used, and why: a sentence each, which names `source` and the field and nothing of the content. */
  readonly problems: readonly string[];
}

const apiVersion = "kubelet.config.k8s.io/v1";
const kind = "CredentialProviderConfig";

/** The kubelet's config of credential providers, as YAML or JSON. One bad provider leaves the others as they are. */
export function providerConfigFrom(text: string, source: string): ProviderConfig {
  const config = documentIn(text);
  if (typeof config === "string") return unusable(`${source} ${config}`);
  if (config.apiVersion !== apiVersion) return unusable(`${source}: its apiVersion is not ${apiVersion}`);
  if (config.kind !== kind) return unusable(`${source}: its kind is not ${kind}`);
  if (!Array.isArray(config.providers) || config.providers.length === 0)
    return unusable(`${source}: its providers are no list of at least one`);
  return providersFrom(config.providers, source);
}

function providersFrom(entries: readonly unknown[], source: string): ProviderConfig {
  const providers: ProviderSettings[] = [];
  const problems: string[] = [];
  const places = new Map<string, string>();
  for (const [index, entry] of entries.entries()) {
    const place = `providers[${index}]`;
    const { name, provider } = providerFrom(entry);
    const taken = name === undefined ? undefined : places.get(name);
    if (taken !== undefined) problems.push(`${source}: ${place}.name is that of ${taken} too`);
    else if (typeof provider === "string") problems.push(`${source}: ${place}${provider}`);
    else providers.push(provider);
    if (name !== undefined && taken === undefined) places.set(name, place);
  }
  return { providers, problems };
}

/** The text as an object, or what is wrong with it. Of the parser's own words only the line's number: they quote the text. */
function documentIn(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const document: unknown = load(text);
    return isRecord(document) ? document : "holds no object";
  } catch (error) {
    const line = error instanceof YAMLException ? error.mark?.line : undefined;
    return `is neither YAML nor JSON${line === undefined ? "" : ` (line ${line + 1})`}`;
  }
}

function unusable(problem: string): ProviderConfig {
  return { providers: [], problems: [problem] };
}
