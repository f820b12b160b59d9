import type { CredentialProviderPaths, KeepSettings, ListSource, PrefetchSettings } from "./settings.ts";

/** The flags by their names, as the command line's parser hands them over: its types cannot follow the tables of options. */
export type Flags = Readonly<Record<string, unknown>>;

/** What the flags of `prefetch` come to. */
export function prefetchSettings(flags: Flags): PrefetchSettings {
  const text = (name: string) => flags[name] as string;
  const ms = (name: string) => flags[name] as number;
  return {
    instance: text("instance"),
    owner: text("owner"),
    takeOver: flags["take-over"] as string | undefined,
    nodeName: text("node-name"),
    sample: flags.sample === true,
    list: listFrom(flags),
    revision: flags.revision as string | undefined,
    pullPolicy: policyFrom(flags),
    concurrency: flags.concurrency as number,
    pullTimeoutMs: ms("pull-timeout"),
    attemptTimeoutMs: flags["attempt-timeout"] as number | undefined,
    pullSecretFolders: flags["pull-secret"] as string[],
    credentialProviders: credentialProvidersFrom(flags),
    minFreePercent: flags["disk-min-free-percent"] as number,
    onFailure: flags["on-failure"] as PrefetchSettings["onFailure"],
    retryInitialDelayMs: ms("retry-initial-delay"),
    retryMaxDelayMs: ms("retry-max-delay"),
    intervalMs: flags.interval as number | undefined,
    staggerWindowMs: ms("stagger-window"),
    staggerNodeAgeMs: ms("stagger-node-age"),
    labelTimeoutMs: ms("label-timeout"),
    backoffScale: flags["backoff-scale"] as number,
    criSocket: text("cri-socket"),
    runtimeTimeoutMs: ms("runtime-timeout"),
    terminationMessagePath: text("termination-message-path"),
    sleeper: flags.sleeper as string | undefined,
  };
}

/** What the flags of `keep` come to. */
export function keepSettings(flags: Flags): KeepSettings {
  return { ...prefetchSettings(flags), intervalMs: flags.interval as number };
}

/** Where the list is. */
export function listFrom(flags: Flags): ListSource {
  const path = flags["image-list-file"];
  if (typeof path === "string") return { kind: "file", path };
  return { kind: "arguments", lines: (flags.image ?? []) as string[] };
}

/** The pull policy. */
export function policyFrom(flags: Flags): PrefetchSettings["pullPolicy"] {
  return flags["pull-policy"] as PrefetchSettings["pullPolicy"];
}

/** True where there is one list; throws a sentence otherwise. */
export function listIsGiven(flags: Flags): true {
  if (flags.image === undefined && flags["image-list-file"] === undefined) {
    throw new Error("the list is empty: give at least one --image, or an --image-list-file");
  }
  if (flags.image !== undefined && flags["image-list-file"] !== undefined) {
    throw new Error("give --image or --image-list-file, not both");
  }
  return true;
}

function credentialProvidersFrom(flags: Flags): CredentialProviderPaths | undefined {
  const configFile = flags["credential-providers-config-file"];
  const binDir = flags["credential-providers-bin-dir"];
  return typeof configFile === "string" && typeof binDir === "string" ? { configFile, binDir } : undefined;
}

/** True where both of the credential providers' flags are there, or neither; throws a sentence otherwise. */
export function providersAreWhole(flags: Flags): true {
  const names = ["credential-providers-config-file", "credential-providers-bin-dir"] as const;
  const given = names.filter((name) => flags[name] !== undefined);
  if (given.length === 1)
    throw new Error(`--${names[0]} and --${names[1]} need each other: give both or neither`);
  return true;
}
