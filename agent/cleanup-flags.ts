import { doctorOptions } from "./doctor-flags.ts";
import { durationOf, optionalInstance } from "./flag-values.ts";
import type { Flag } from "./flags.ts";
import { isOwner } from "./owner.ts";
import type { CleanupSettings, CleanupTarget } from "./settings.ts";

/** The table of the flags, for cli.ts. */
export const cleanupOptions = {
  instance: {
    type: "string",
    coerce: optionalInstance,
    describe: "Remove this instance's label and annotation wherever its owner wrote them",
  },
  orphans: {
    type: "boolean",
    default: false,
    describe:
      "Remove what owners wrote on nodes that their release no longer chooses, and under instances that it no longer has",
  },
  owner: {
    type: "string",
    coerce: owner,
    describe: "<namespace>/<release> whose marks are removed; without it, whoever the annotations name",
  },
  "after-uninstall": {
    type: "boolean",
    default: false,
    describe:
      "Helm runs it after an uninstall: a release that is there again is left alone, and nothing is wrong",
  },
  "pod-selector": {
    type: "string",
    coerce: podSelector,
    describe:
      "The labels of the release's pods, as name=value,name=value; without it, the release's own, and the owner that their agent is told",
  },
  "pod-timeout": {
    type: "string",
    default: "2m",
    coerce: durationOf("pod-timeout"),
    describe:
      "How long to wait until no pod of the release is left, or until its DaemonSet has settled (a duration)",
  },
  "include-unowned": {
    type: "boolean",
    default: false,
    describe: "Remove labels of the instance that have no owner too, as those without an annotation",
  },
  "dry-run": {
    type: "boolean",
    default: false,
    describe: "Say what would be removed, and remove nothing",
  },
  context: doctorOptions.context,
  kubeconfig: doctorOptions.kubeconfig,
} as const satisfies Record<string, Flag>;

/** Whether the flags say what to remove; throws an Error whose message is the sentence for the user. */
export function cleanupIsWhole(flags: Readonly<Record<string, unknown>>): true {
  const isOrphans = flags.orphans === true;
  if (isOrphans === (flags.instance !== undefined))
    throw new Error("give exactly one of --instance NAME and --orphans: they say what is removed");
  const others = ["after-uninstall", "include-unowned"].filter((flag) => isOrphans && flags[flag] === true);
  if (others.length === 0) return true;
  throw new Error(`--${others[0]} goes with --instance, and not with --orphans`);
}

/** The settings that yargs' flags say. */
export function cleanupSettings(flags: Readonly<Record<string, unknown>>): CleanupSettings {
  return {
    target: targetOf(flags),
    isAfterUninstall: flags["after-uninstall"] as boolean,
    podSelector: flags["pod-selector"] as CleanupSettings["podSelector"],
    podTimeoutMs: flags["pod-timeout"] as number,
    includesUnowned: flags["include-unowned"] as boolean,
    isDryRun: flags["dry-run"] as boolean,
    context: flags.context as string | undefined,
    kubeconfig: flags.kubeconfig as string | undefined,
  };
}

function targetOf(flags: Readonly<Record<string, unknown>>): CleanupTarget {
  const owner = flags.owner as string | undefined;
  if (flags.orphans === true) return { kind: "orphans", owner };
  return { kind: "instance", instance: flags.instance as string, owner };
}

function owner(text: string | undefined): string | undefined {
  if (text === undefined || isOwner(text)) return text;
  throw new Error(`--owner is <namespace>/<release>, and ${JSON.stringify(text)} is not`);
}

const label =
  /^(?:[a-z0-9][a-z0-9.-]*\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?=(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/;

function podSelector(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  const labels = text.split(",");
  const wrong = labels.find((each) => !label.test(each));
  if (wrong === undefined) return Object.fromEntries(labels.map((each) => each.split("=")));
  throw new Error(
    `--pod-selector is labels such as app.kubernetes.io/instance=my-images, with commas between them, and ${JSON.stringify(wrong)} is none`,
  );
}
