import type { PullPolicy } from "./revision.ts";

/** What the process does after a round that ended in `failed`: go on with rounds, end with 0, or end with 1. */
export type OnFailure = "retry" | "continue" | "exit";

/** Where the list comes from: the `--image` arguments, or a file. */
export type ListSource =
  | { readonly kind: "arguments"; readonly lines: readonly string[] }
  | { readonly kind: "file"; readonly path: string };

/** Where the kubelet's credential providers are; both paths are absolute. */
export interface CredentialProviderPaths {
  /** The kubelet's CredentialProviderConfig. */
  readonly configFile: string;
  /** The folder of the plugins that the config names. */
  readonly binDir: string;
}

/** All settings of `prefetcher prefetch`; each is a flag of the same name (cli.ts has the defaults). */
export interface PrefetchSettings {
  /** Names the list; the last part of the label's key. */
  readonly instance: string;
  /** `<namespace>/<release>`: who may write this instance's label. */
  readonly owner: string;
  /** A former owner whose label and annotation are taken over. */
  readonly takeOver: string | undefined;
  /** The Kubernetes Node that is labelled. */
  readonly nodeName: string;
  /** The list is the chart's sample; the annotation says so. */
  readonly sample: boolean;
  readonly list: ListSource;
  /** The revision that the list must have; undefined takes any. */
  readonly revision: string | undefined;
  readonly pullPolicy: PullPolicy;
  /** How many PullImage calls may be under way at once. */
  readonly concurrency: number;
  /** How long a round may pull. */
  readonly pullTimeoutMs: number;
  /** How long one PullImage call may take; undefined for no limit. */
  readonly attemptTimeoutMs: number | undefined;
  /** The share of the runtime's disk, in percent, below which nothing more is started; 0 for no guard. */
  readonly minFreePercent: number;
  readonly onFailure: OnFailure;
  /** Bounds of the wait between rounds. */
  readonly retryInitialDelayMs: number;
  readonly retryMaxDelayMs: number;
  /** How often a wait for the next round is interrupted by a look at the node; undefined for not at all. */
  readonly intervalMs: number | undefined;
  /** What the first pulls of all nodes are spread over; 0 for no wait. */
  readonly staggerWindowMs: number;
  /** A Node that is younger does not wait. */
  readonly staggerNodeAgeMs: number;
  /** How long the verdict's write may take, all its tries together, after the pulls have ended. */
  readonly labelTimeoutMs: number;
  /** What the waits between attempts, and between tries at the API server, are multiplied with. */
  readonly backoffScale: number;
  /** Folders at which pull secrets are mounted, in the order in which they are tried. */
  readonly pullSecretFolders: readonly string[];
  /** The kubelet's credential providers, asked after the pull secrets; undefined for none. */
  readonly credentialProviders: CredentialProviderPaths | undefined;
  /** Absolute path of the runtime's Unix socket. */
  readonly criSocket: string;
  /** How long to wait for a usable runtime at the start. */
  readonly runtimeTimeoutMs: number;
  /** Where the summary goes for `kubectl describe pod`; an empty path writes none. */
  readonly terminationMessagePath: string;
  /** The program that waits in the place of this process, and starts it again; undefined where the process itself waits. */
  readonly sleeper: string | undefined;
}

/** All settings of `prefetcher keep`: those of `prefetch`, and its own. */
export interface KeepSettings extends PrefetchSettings {
  /** How long from one look at the node to the next. */
  readonly intervalMs: number;
}

/** The settings of `prefetcher revision`. */
export interface RevisionSettings {
  readonly list: ListSource;
  readonly pullPolicy: PullPolicy;
}

/** All settings of `prefetcher doctor`; each is a flag of the same name. */
export interface DoctorSettings {
  /** The node to ask. */
  readonly node: string;
  /** The kubeconfig's context; undefined for the current one. */
  readonly context: string | undefined;
  /** The kubeconfig's file; undefined for where kubectl finds it too. */
  readonly kubeconfig: string | undefined;
  /** Where the release is; undefined for the namespace of the context. */
  readonly namespace: string | undefined;
  /** The release; undefined where the namespace has only one. */
  readonly release: string | undefined;
  readonly output: "table" | "json";
  /** How long the pod may take until it has looked. */
  readonly timeoutMs: number;
}

/** All settings of `prefetcher cleanup`; each is a flag of the same name. */
export interface CleanupSettings {
  readonly target: CleanupTarget;
  /**
   * Helm runs it after an uninstall: a DaemonSet of the release is then one that was installed since, and nothing is wrong. By hand it
   * says that the release is still there.
   */
  readonly isAfterUninstall: boolean;
  /** What the release's pods are selected by; undefined for the release's label, and the owner that their agent is told. */
  readonly podSelector: Readonly<Record<string, string>> | undefined;
  /** How long to wait until no pod of the release is left, or until its DaemonSet has settled. */
  readonly podTimeoutMs: number;
  /** Whether labels without an annotation, which have no owner, are removed too. */
  readonly includesUnowned: boolean;
  /** Says what would be removed, and removes nothing. */
  readonly isDryRun: boolean;
  /** The kubeconfig's context; undefined for the current one. */
  readonly context: string | undefined;
  /** The kubeconfig's file; undefined for where kubectl finds it too. */
  readonly kubeconfig: string | undefined;
}

/** What is removed. An owner is `<namespace>/<release>`; undefined is whoever the annotations name. */
export type CleanupTarget =
  /** One instance's label and annotation, wherever that owner wrote them. */
  | { readonly kind: "instance"; readonly instance: string; readonly owner: string | undefined }
  /** What owners wrote on nodes that their release no longer chooses, and under instances that it no longer has. */
  | { readonly kind: "orphans"; readonly owner: string | undefined };

/** All settings of `prefetcher verify`; each is a flag of the same name. */
export interface VerifySettings {
  /** Where the release is; undefined for the namespace of the context. */
  readonly namespace: string | undefined;
  readonly release: string;
  /** Which of the release's DaemonSets; undefined where it has only one. */
  readonly instance: string | undefined;
  /** The revision that the nodes are to have; undefined for the one of the DaemonSet. */
  readonly revision: string | undefined;
  /** How many of the nodes have to say `succeeded`, in percent, 1 to 100. */
  readonly minPercent: number;
  /** Whether nodes that are not Ready count too. */
  readonly includesNotReady: boolean;
  readonly output: "table" | "json";
  /** The kubeconfig's context; undefined for the current one. */
  readonly context: string | undefined;
  /** The kubeconfig's file; undefined for where kubectl finds it too. */
  readonly kubeconfig: string | undefined;
}

/** All settings of `prefetcher status`; each is a flag of the same name. */
export interface StatusSettings {
  /** Where the releases are; undefined for the namespace of the context. */
  readonly namespace: string | undefined;
  readonly includesAllNamespaces: boolean;
  /** Undefined for all releases there. */
  readonly release: string | undefined;
  /** Undefined for all instances of the releases. */
  readonly instance: string | undefined;
  /** The revision that the nodes are to have; undefined for the one of the DaemonSet. */
  readonly revision: string | undefined;
  /** How many of the nodes have to say `succeeded`, in percent, 1 to 100. */
  readonly minPercent: number;
  /** Whether nodes that are not Ready count too. */
  readonly includesNotReady: boolean;
  /** Goes on with each change, until a signal ends it. */
  readonly watches: boolean;
  /** Goes on until enough nodes have succeeded. */
  readonly waits: boolean;
  /** How long it waits. */
  readonly timeoutMs: number;
  readonly output: "table" | "json";
  /** Where a page of it all is written to; undefined for nowhere. */
  readonly html: string | undefined;
  /** The kubeconfig's context; undefined for the current one. */
  readonly context: string | undefined;
  /** The kubeconfig's file; undefined for where kubectl finds it too. */
  readonly kubeconfig: string | undefined;
}
