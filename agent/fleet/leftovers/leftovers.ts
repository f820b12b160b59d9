import { flagIn } from "../../flag-in.ts";
import { given } from "../../given.ts";
import { releaseOf } from "../../owner.ts";
import type { FleetDaemonSet, FleetNode } from "../fleet-api.ts";
import type { FleetScope, FleetState, ReleaseState } from "../fleet-state.ts";
import type { Leftover, LeftoverKind } from "../status-report.ts";
import { type Mark, marksOn } from "./marks.ts";

/**
 * The marks that no release speaks for, by node and instance, among those of the owners and instances that were asked about: of others it is
 * not known whether they are there. What `cleanup` would wait for, as a release whose pods are still being made, has no leftovers yet; nor has
 * one whose pods are not known, or not heard of, and nobody has any while Nodes or DaemonSets are not heard of.
 */
export function leftoversOf(state: FleetState, scope: FleetScope): readonly Leftover[] {
  if (state.isInterrupted) return [];
  const pending = state.pending.map((daemonSet) => unsettledFrom(daemonSet));
  const known = [...state.releases.map(knownFrom), ...pending];
  return state.nodes
    .flatMap((node) => marksOn(node).flatMap((mark) => leftoverFrom(node, mark, known, scope)))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** What a mark may rest on. */
interface KnownRelease {
  readonly owner: string | undefined;
  readonly instance: string | undefined;
  /** The instances that pods are told, by the nodes that have one, be it one that is being deleted. */
  readonly pods: ReadonlyMap<string, ReadonlySet<string | undefined>>;
  /** Whether each node that it chooses has a pod, and it is known which those are. */
  readonly isSettled: boolean;
}

function knownFrom({ daemonSet, pods, isInterrupted }: ReleaseState): KnownRelease {
  const { generation, observedGeneration, desired, isBeingDeleted } = daemonSet;
  const byNode = new Map<string, Set<string | undefined>>();
  for (const { node, instance } of pods)
    if (node !== undefined) byNode.set(node, (byNode.get(node) ?? new Set()).add(instance));
  const isMade = observedGeneration >= generation && byNode.size >= desired;
  return {
    ...unsettledFrom(daemonSet),
    pods: byNode,
    isSettled: !isInterrupted && !isBeingDeleted && isMade,
  };
}

/** A release of whose pods nothing is known. */
function unsettledFrom({ args }: FleetDaemonSet): KnownRelease {
  const [owner, instance] = [flagIn(args, "owner"), flagIn(args, "instance")];
  return { owner, instance, pods: new Map(), isSettled: false };
}

function leftoverFrom(
  node: FleetNode,
  mark: Mark,
  known: readonly KnownRelease[],
  scope: FleetScope,
): readonly Leftover[] {
  if (scope.instance !== undefined && scope.instance !== mark.instance) return [];
  const kind =
    mark.owner === undefined
      ? unownedKind(node, mark, known, scope)
      : ownedKind(node, { ...mark, owner: mark.owner }, known, scope);
  if (kind === undefined) return [];
  const { key, instance, label, owner } = mark;
  return [{ node: node.name, instance, key, ...given({ label, owner }), kind }];
}

function unownedKind(
  node: FleetNode,
  { instance, label }: Mark,
  known: readonly KnownRelease[],
  scope: FleetScope,
): LeftoverKind | undefined {
  const holders = known.filter((each) => each.instance === instance);
  const isWholeKnown = scope.namespace === undefined && scope.release === undefined;
  const isJudged = label !== undefined && (isWholeKnown || holders.length > 0);
  const isLeft = holders.every(({ pods, isSettled }) => isSettled && !pods.has(node.name));
  return isJudged && isLeft ? "unowned" : undefined;
}

function ownedKind(
  node: FleetNode,
  { instance, owner }: Mark & { readonly owner: string },
  known: readonly KnownRelease[],
  scope: FleetScope,
): LeftoverKind | undefined {
  if (!isAskedAbout(owner, scope)) return undefined;
  const ofOwner = known.filter((each) => each.owner === owner);
  // Its DaemonSets of other instances were not asked about.
  if (ofOwner.length === 0) return scope.instance === undefined ? "no-release" : undefined;
  const isHeld = ofOwner.some((each) => (each.instance ?? instance) === instance);
  const podsHere = ofOwner.flatMap(({ pods }) => pods.get(node.name) ?? []);
  const isNeeded = podsHere.some((instances) => isHeld || instances.has(instance));
  if (isNeeded || ofOwner.some(({ isSettled }) => !isSettled)) return undefined;
  return isHeld ? "not-chosen" : "former-instance";
}

function isAskedAbout(owner: string, scope: FleetScope): boolean {
  const { namespace, release } = releaseOf(owner);
  return (scope.namespace ?? namespace) === namespace && (scope.release ?? release) === release;
}

function nameOf({ node, instance }: Leftover): string {
  return `${node} ${instance}`;
}
