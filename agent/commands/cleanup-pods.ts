import { countOf } from "../count-of.ts";
import type { FleetPod } from "../fleet/fleet-api.ts";
import { releaseOf } from "../owner.ts";
import { fewOf, type Work } from "./cleanup-work.ts";

/** The pods of an owner's release that have not ended: they may still write. */
export interface ReleasePods {
  /** Whether there is any; asks for no more pages than it takes to know. */
  areThere(): Promise<boolean>;
  /** The node of each. */
  nodes(): Promise<readonly string[]>;
}

/** The pods with the labels that the settings say, or else those of the release's label whose agent is told that owner. */
export function releasePods(owner: string, { api, settings }: Work, signal: AbortSignal): ReleasePods {
  const { namespace, release } = releaseOf(owner);
  const { podSelector } = settings;
  const labels = podSelector ?? { "app.kubernetes.io/instance": release };
  const isMeant = (pod: FleetPod) => podSelector !== undefined || pod.owner === owner;
  return {
    areThere: async () => {
      for await (const page of api.livingPods(namespace, labels, signal)) if (page.some(isMeant)) return true;
      return false;
    },
    nodes: async () => {
      const nodes: string[] = [];
      for await (const page of api.livingPods(namespace, labels, signal))
        nodes.push(...page.filter(isMeant).map(({ node }) => node ?? "none yet"));
      return nodes;
    },
  };
}

/** That pods of the release have not ended, and where. */
export function podsLeft(nodes: readonly string[], owner: string): string {
  return `${countOf(nodes.length, "pod")} of ${owner} had not ended (on ${fewOf(nodes)})`;
}

/** Why nothing is removed where a release without a DaemonSet has pods: nobody has said that it was uninstalled. */
export function stillInhabited(nodes: readonly string[], owner: string, { settings }: Work): string {
  const seconds = settings.podTimeoutMs / 1000;
  return (
    `${podsLeft(nodes, owner)} after ${seconds} s, though it has no DaemonSet, and may write again. If it was uninstalled, and they ` +
    "cannot end since their node is dead, say so by --instance and --after-uninstall"
  );
}
