import {
  backoffScale,
  concurrency,
  durationOf,
  durationOrNoneOf,
  instance,
  intervalOf,
  minFreePercent,
  nodeName,
  optionalDurationOf,
  optionalIntervalOf,
  optionalPathOf,
  ownerNamed,
  socketPath,
} from "./flag-values.ts";

/** What a flag takes and means, in the words that the parser of the command line has for it. */
export interface Flag {
  readonly describe: string;
  readonly type?: "string" | "boolean";
  /** One letter that stands for it, as in kubectl. */
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** Each time that the flag is given adds a value. */
  readonly array?: true;
  readonly nargs?: 1;
  readonly demandOption?: true;
  readonly default?: string | boolean | readonly string[];
  readonly defaultDescription?: string;
  /** What the flag's text means; throws an Error whose message is the sentence for the user. */
  readonly coerce?: (text: never) => unknown;
}

/** The flags that say what the list is. */
export const listOptions = {
  image: {
    type: "string",
    array: true,
    nargs: 1,
    describe:
      "An image reference, and behind it required=false or platforms=os/arch,... where they apply; repeat the flag for each image",
  },
  "image-list-file": {
    type: "string",
    describe:
      "A file with one entry a line, as --image has it; # starts a comment, blank lines are passed over",
  },
  "pull-policy": {
    choices: ["IfNotPresent", "Always"],
    default: "IfNotPresent",
    describe: "Whether an image that is there already is confirmed with its registry, once per start",
  },
} as const satisfies Record<string, Flag>;

/** The flags of `prefetcher prefetch`. */
export const prefetchOptions = {
  instance: {
    type: "string",
    demandOption: true,
    coerce: instance,
    describe: "Names the list: the label is image-prefetcher.stackrox.io/<instance>",
  },
  owner: {
    type: "string",
    demandOption: true,
    coerce: ownerNamed("owner"),
    describe: "<namespace>/<release> that owns the instance; another owner's label is never touched",
  },
  "node-name": {
    type: "string",
    demandOption: true,
    coerce: nodeName,
    describe: "The Kubernetes Node to label",
  },
  ...listOptions,
  revision: {
    type: "string",
    describe: "The revision that the list must have; nothing is done where it has another",
  },
  concurrency: {
    type: "string",
    default: "4",
    coerce: concurrency,
    describe: "How many images are pulled at once, 1 to 64",
  },
  "pull-timeout": {
    type: "string",
    default: "60m",
    coerce: durationOf("pull-timeout"),
    describe: "How long a round may pull (a duration such as 90s, 60m or 1h30m)",
  },
  "attempt-timeout": {
    type: "string",
    coerce: optionalDurationOf("attempt-timeout"),
    describe: "How long one attempt at an image may take (a duration); without it, as long as the round",
  },
  "pull-secret": {
    type: "string",
    array: true,
    nargs: 1,
    default: [],
    defaultDescription: "none",
    describe:
      "A folder at which a pull secret is mounted, with .dockerconfigjson or .dockercfg in it; repeat the flag for each, in the order in which they are tried",
  },
  "credential-providers-config-file": {
    type: "string",
    coerce: optionalPathOf("credential-providers-config-file"),
    describe:
      "The kubelet's CredentialProviderConfig, an absolute path; its providers are asked after the pull secrets",
  },
  "credential-providers-bin-dir": {
    type: "string",
    coerce: optionalPathOf("credential-providers-bin-dir"),
    describe: "The folder of the plugins that this config names, an absolute path",
  },
  "disk-min-free-percent": {
    type: "string",
    default: "20",
    coerce: minFreePercent,
    describe:
      "No pull is started where less of the runtime's disk is free, in percent, or the Node is under DiskPressure; 0 for no guard",
  },
  "on-failure": {
    choices: ["retry", "continue", "exit"],
    default: "retry",
    describe: "After a round that failed: try again later, end with 0, or end with 1",
  },
  "retry-initial-delay": {
    type: "string",
    default: "1m",
    coerce: durationOf("retry-initial-delay"),
    describe: "The wait before the second round (a duration); it doubles with each further one",
  },
  "retry-max-delay": {
    type: "string",
    default: "30m",
    coerce: durationOf("retry-max-delay"),
    describe: "The longest wait between rounds (a duration)",
  },
  "stagger-window": {
    type: "string",
    default: "0s",
    coerce: durationOrNoneOf("stagger-window"),
    describe:
      "Over how long the first pulls of all nodes are spread (a duration): a node that has something to pull waits for its share first, always the same; 0s for no wait",
  },
  "stagger-node-age": {
    type: "string",
    default: "10m",
    coerce: durationOrNoneOf("stagger-node-age"),
    describe: "A Node that is younger does not wait (a duration); 0s lets all nodes wait",
  },
  "label-timeout": {
    type: "string",
    default: "2m",
    coerce: durationOf("label-timeout"),
    describe: "How long the writing of the verdict may take, all its tries together (a duration)",
  },
  "backoff-scale": {
    type: "string",
    default: "1",
    coerce: backoffScale,
    describe:
      "Multiplies the waits between attempts and between tries at the API server; for tests and trials, small numbers press on registries",
  },
  "cri-socket": {
    type: "string",
    default: "/run/containerd/containerd.sock",
    coerce: socketPath,
    describe: "The container runtime's Unix socket, an absolute path",
  },
  "runtime-timeout": {
    type: "string",
    default: "60s",
    coerce: durationOf("runtime-timeout"),
    describe: "How long to wait at the start for a usable runtime (a duration)",
  },
  "take-over": {
    type: "string",
    coerce: ownerNamed("take-over"),
    describe: "A former owner, <namespace>/<release>, whose label is taken over",
  },
  sample: {
    type: "boolean",
    default: false,
    describe: "Say in the annotation that the list is the chart's sample",
  },
  "termination-message-path": {
    type: "string",
    default: "/dev/termination-log",
    describe: "Where the summary is written at the end; empty for nowhere",
  },
  interval: {
    type: "string",
    coerce: optionalIntervalOf("interval"),
    describe:
      "How long a wait for the next round goes on without a look at the node (a duration, 10s at least); without it, nobody looks before the round",
  },
  sleeper: {
    type: "string",
    coerce: optionalPathOf("sleeper"),
    describe:
      "A program like snooze, an absolute path, that waits for more than a minute in the place of this process and then starts it again; without it, the process waits itself",
  },
} as const satisfies Record<string, Flag>;

/** The flags of `prefetcher keep`. */
export const keepOptions = {
  ...prefetchOptions,
  interval: {
    type: "string",
    default: "10m",
    coerce: intervalOf("interval"),
    describe: "How long from one look at the node to the next (a duration, 10s at least)",
  },
} as const satisfies Record<string, Flag>;
