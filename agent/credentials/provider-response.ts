import { credentialsFrom, type DockerConfig } from "./docker-config.ts";
import { isRecord, jsonIn } from "./json.ts";
import { msFromGoDuration } from "./provider-duration.ts";
import { protocolVersion } from "./provider-settings.ts";

/** What an answer of a plugin holds for: the image that it was asked about, all images of its registry, or all images. */
export type CacheKeyType = "Image" | "Registry" | "Global";

/** What a plugin answered. */
export interface ProviderResponse {
  readonly cacheKeyType: CacheKeyType;
  /** How long the answer holds; undefined where the config decides. */
  readonly cacheDurationMs: number | undefined;
  readonly found: DockerConfig;
}

/** What a plugin finds on stdin: the question for the credentials of a repository, registry and repository in full. */
export function requestFor(repositoryName: string): string {
  return JSON.stringify({
    apiVersion: protocolVersion,
    kind: "CredentialProviderRequest",
    image: repositoryName,
  });
}

const responseKind = "CredentialProviderResponse";

/**
 * What a plugin's stdout says, or what is wrong with it: the rest of a sentence that begins with the provider, and quotes nothing.
 * `provider` names it in the credentials' origins; `place` begins the sentences about single credentials.
 */
export function responseFrom(stdout: string, provider: string, place: string): ProviderResponse | string {
  const response = jsonIn(stdout);
  if (!isRecord(response)) return "answered with something that is no JSON object";
  if (response.apiVersion !== protocolVersion)
    return `answered with another apiVersion than ${protocolVersion}`;
  if (response.kind !== responseKind) return `answered with another kind than ${responseKind}`;
  const { cacheKeyType } = response;
  if (!isCacheKeyType(cacheKeyType))
    return "answered with a cacheKeyType that is neither Image, Registry nor Global";
  const cacheDurationMs = durationFrom(response.cacheDuration ?? undefined);
  if (cacheDurationMs === "wrong") return "answered with a cacheDuration that is no duration such as 12h";
  const auths = response.auth ?? {};
  if (!isRecord(auths)) return "answered with an auth that is no object";
  const found = credentialsFrom(loginsIn(auths), place, (pattern) => `${pattern} of ${provider}`);
  return { cacheKeyType, cacheDurationMs, found };
}

function isCacheKeyType(value: unknown): value is CacheKeyType {
  return value === "Image" || value === "Registry" || value === "Global";
}

function durationFrom(value: unknown): number | undefined | "wrong" {
  if (value === undefined) return undefined;
  return (typeof value === "string" ? msFromGoDuration(value) : undefined) ?? "wrong";
}

/** The protocol knows user name and password alone; of the further fields of a docker config it says nothing. */
function loginsIn(auths: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(auths).map(([key, auth]) => {
      if (!isRecord(auth)) return [key, auth];
      const { username, password } = auth;
      return [key, { username, password }];
    }),
  );
}
