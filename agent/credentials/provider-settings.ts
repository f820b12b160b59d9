import { isRecord } from "./json.ts";
import { msFromGoDuration } from "./provider-duration.ts";
import { patternFrom, type RegistryPattern } from "./registry-pattern.ts";

/** A credential provider as the kubelet's config describes it. */
export interface ProviderSettings {
  /** The plugin's file in the folder of plugins. */
  readonly name: string;
  /** The images that it is asked for; at least one. */
  readonly matchImages: readonly RegistryPattern[];
  /** How long an answer holds that does not say it itself; 0 for not at all. */
  readonly defaultCacheDurationMs: number;
  readonly args: readonly string[];
  /** All of the plugin's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** The one version of the exec protocol that is spoken here. */
export const protocolVersion = "credentialprovider.kubelet.k8s.io/v1";

/** An entry of the config. */
export interface ProviderEntry {
  /** Undefined where there is none that a plugin could have. */
  readonly name: string | undefined;
  /** What the entry says, or what is wrong with it: the rest of a sentence that begins with the entry's place. */
  readonly provider: ProviderSettings | string;
}

/** What an entry of the config's `providers` says, whatever it is. A sentence about it quotes nothing of it. */
export function providerFrom(entry: unknown): ProviderEntry {
  if (!isRecord(entry)) return { name: undefined, provider: " is no object" };
  const name = isName(entry.name) ? entry.name : undefined;
  if (name === undefined)
    return { name, provider: ".name is not the name of a file: no slash and no white space in it" };
  const matchImages = patternsFrom(entry.matchImages);
  const defaultCacheDurationMs = cacheDurationFrom(entry.defaultCacheDuration);
  const args = argumentsFrom(entry.args ?? []);
  const env = environmentFrom(entry.env ?? []);
  const problem = versionProblem(entry.apiVersion) ?? tokenProblem(entry.tokenAttributes);
  if (problem !== undefined) return { name, provider: problem };
  if (isProblem(matchImages)) return { name, provider: matchImages };
  if (isProblem(defaultCacheDurationMs)) return { name, provider: defaultCacheDurationMs };
  if (isProblem(args)) return { name, provider: args };
  if (isProblem(env)) return { name, provider: env };
  return { name, provider: { name, matchImages, defaultCacheDurationMs, args, env } };
}

function isProblem(part: unknown): part is string {
  return typeof part === "string";
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[^/\s\p{Cc}]+$/u.test(value) && value !== "." && value !== "..";
}

function versionProblem(apiVersion: unknown): string | undefined {
  if (apiVersion === protocolVersion) return undefined;
  return `.apiVersion is not ${protocolVersion}, the one that the agent speaks`;
}

function tokenProblem(tokenAttributes: unknown): string | undefined {
  if (tokenAttributes === undefined || tokenAttributes === null) return undefined;
  return ".tokenAttributes asks for the token of a pod's service account, which the kubelet alone can get; the agent leaves this provider out, so its images need a pull secret";
}

function patternsFrom(value: unknown): readonly RegistryPattern[] | string {
  if (!Array.isArray(value) || value.length === 0) return ".matchImages is no list of at least one pattern";
  const patterns = value.map((text: unknown) => (typeof text === "string" ? patternFrom(text) : undefined));
  const wrong = patterns.indexOf(undefined);
  if (wrong !== -1) return `.matchImages[${wrong}] names no registry`;
  return patterns as readonly RegistryPattern[];
}

function cacheDurationFrom(value: unknown): number | string {
  const ms = typeof value === "string" ? msFromGoDuration(value) : undefined;
  if (ms !== undefined && ms >= 0) return ms;
  return ".defaultCacheDuration is no duration from 0s up, such as 12h";
}

function argumentsFrom(value: unknown): readonly string[] | string {
  if (Array.isArray(value) && value.every(isText)) return value;
  return ".args is no list of texts";
}

function environmentFrom(value: unknown): Readonly<Record<string, string>> | string {
  if (!Array.isArray(value)) return ".env is no list of name and value";
  const wrong = value.findIndex((variable) => !isVariable(variable));
  if (wrong !== -1) return `.env[${wrong}] is no name with a value, both of them texts`;
  // Of a name that stands there twice the last counts, as for the kubelet.
  return Object.fromEntries(value.map(({ name, value: text }) => [name, text ?? ""]));
}

function isVariable(entry: unknown): boolean {
  if (!isRecord(entry)) return false;
  const { name, value } = entry;
  return isText(name) && /^[^=]+$/.test(name) && isText(value ?? "");
}

/** A text that a process can be given: none with a NUL in it. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0");
}
