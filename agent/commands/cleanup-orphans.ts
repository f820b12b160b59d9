import { countOf } from "../count-of.ts";
import { exitCode } from "../exit-code.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetDaemonSet, FleetNode } from "../fleet/fleet-api.ts";
import { type Mark, marksOn } from "../fleet/leftovers/marks.ts";
import type { CleanupSettings } from "../settings.ts";
import { removeInPasses, type Selection } from "./cleanup-passes.ts";
import { stillInhabited } from "./cleanup-pods.ts";
import {
  holdersOf,
  livingDaemonSets,
  type PodsByNode,
  podsByNode,
  untilNoPods,
  untilSettled,
  whyFormer,
  whyLeft,
} from "./cleanup-release.ts";
import {
  type CleanupDependencies,
  createWork,
  endOf,
  type Find,
  overtaken,
  unfinished,
  type Work,
} from "./cleanup-work.ts";
import type { CommandResult } from "./command-result.ts";

/** Removes what owners wrote and their releases no longer speak for; without `owner`, one after the other for all that annotations name. */
export async function removeOrphans(
  owner: string | undefined,
  settings: CleanupSettings,
  dependencies: CleanupDependencies,
  signal: AbortSignal,
): Promise<CommandResult> {
  if (owner !== undefined) return removeOrphansOf(owner, createWork(settings, dependencies), signal);
  const all = createWork(settings, dependencies);
  return endOf(all, async () => {
    const owners = await allOwners(all, signal);
    const failed: CommandResult[] = [];
    for (const each of owners) {
      const result = await removeOrphansOf(each, createWork(settings, dependencies), signal);
      if (result.exitCode === exitCode.done) dependencies.tell(result.message);
      else failed.push(result);
    }
    return together(owners.size, failed);
  });
}

async function allOwners({ api }: Work, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const owners = new Set<string>();
  for await (const page of api.nodes(signal)) {
    for (const { owner } of page.flatMap(marksOn)) if (owner !== undefined) owners.add(owner);
  }
  return owners;
}

function together(ownerCount: number, failed: readonly CommandResult[]): CommandResult {
  const [first] = failed;
  if (first !== undefined) return { ...first, message: failed.map(({ message }) => message).join("; ") };
  const message =
    ownerCount === 0 ? "no node carries an owner's mark" : `done for ${countOf(ownerCount, "owner")}`;
  return { exitCode: exitCode.done, message };
}

async function removeOrphansOf(owner: string, work: Work, signal: AbortSignal): Promise<CommandResult> {
  return endOf(work, async () => {
    const first = await untilAtWork(owner, work, signal);
    if (typeof first === "string") return unfinished(work, first);
    const left = first.length === 0 ? await untilNoPods(owner, work, signal) : [];
    if (left.length > 0 && !work.settings.isDryRun)
      return unfinished(work, stillInhabited(left, owner, work));
    return removeInPasses(orphansOf(owner, first, work, signal), work, signal);
  });
}

/** Waits, as far as it helps, until no node has a pod that may still write what is to go. */
async function untilAtWork(
  owner: string,
  work: Work,
  signal: AbortSignal,
): Promise<readonly FleetDaemonSet[] | string> {
  const settled = await untilSettled(owner, work, signal, whyLeft);
  if (typeof settled === "string") return settled;
  const pods = await podsByNode(settled, work.api, signal);
  const isFormer = formerOn({ daemonSets: settled, pods }).length > 0;
  return isFormer ? untilSettled(owner, work, signal, whyFormer) : settled;
}

/** The nodes with a pod that is told an instance which the DaemonSets no longer have. */
function formerOn({ daemonSets, pods }: Known): readonly string[] {
  const isFormer = (instance: string) => holdersOf(daemonSets, instance).length === 0;
  return [...pods].filter(([, instances]) => [...instances].some(isFormer)).map(([node]) => node);
}

/** The marks of that owner whose node has no pod of its DaemonSets, or whose instance neither they nor the pod there have. */
function orphansOf(
  owner: string,
  first: readonly FleetDaemonSet[],
  work: Work,
  signal: AbortSignal,
): Selection {
  let known: Known = { daemonSets: first, pods: new Map() };
  const isNeeded = ({ instance }: Mark, { name }: FleetNode) => {
    const instances = known.pods.get(name);
    return (
      instances !== undefined && (instances.has(instance) || holdersOf(known.daemonSets, instance).length > 0)
    );
  };
  const learn = async (daemonSets: readonly FleetDaemonSet[]) => {
    known = { daemonSets, pods: await podsByNode(daemonSets, work.api, signal) };
  };
  /** Lists the pods again only where a DaemonSet is another than at the last time: its status changes with the nodes that it chooses. */
  const update = async (daemonSets: readonly FleetDaemonSet[]) => {
    if (versionsOf(daemonSets) !== versionsOf(known.daemonSets)) await learn(daemonSets);
  };
  const lookAtRemoved = (finds: readonly Find[]) => {
    const lost = finds.filter(({ node, marks }) => marks.some((mark) => isNeeded(mark, node)));
    return lost.length === 0
      ? undefined
      : overtaken(work, { owner, daemonSets: known.daemonSets, finds: lost });
  };
  const look = async (take: typeof learn, finds: readonly Find[]) => {
    const now = await untilSettled(owner, work, signal);
    if (typeof now === "string") return unfinished(work, now);
    await take(now);
    return lookAtRemoved(finds) ?? (isSame(now, first) ? undefined : unfinished(work, changed(owner)));
  };
  return {
    what: `marks that ${owner} no longer needs`,
    isMeant: (mark, node) => mark.owner === owner && !isNeeded(mark, node),
    beforePass: () => look(learn, []),
    beforeBatch: (sinceLook) => look(update, sinceLook),
    atEnd: async (sinceLook) => {
      await update(await livingDaemonSets(work.api, owner, signal));
      return lookAtRemoved(sinceLook);
    },
    note: () => leftNote(known),
  };
}

interface Known {
  readonly daemonSets: readonly FleetDaemonSet[];
  /** The pods that they had just then. */
  readonly pods: PodsByNode;
}

function versionsOf(daemonSets: readonly FleetDaemonSet[]): string {
  return textOf(daemonSets, ({ name, resourceVersion }) => `${name} ${resourceVersion}`);
}

/** Whether they want the same; a new DaemonSet of an old name begins with generation 1 again. */
function isSame(some: readonly FleetDaemonSet[], others: readonly FleetDaemonSet[]): boolean {
  const wantOf = ({ name, generation, args }: FleetDaemonSet) =>
    `${name} ${generation} ${flagIn(args, "instance")}`;
  return textOf(some, wantOf) === textOf(others, wantOf);
}

function textOf(daemonSets: readonly FleetDaemonSet[], of: (daemonSet: FleetDaemonSet) => string): string {
  return daemonSets.map(of).sort().join("\n");
}

function changed(owner: string): string {
  return `the DaemonSet of ${owner} was changed meanwhile; run it again when that is done`;
}

function leftNote(known: Known): string {
  const left = known.daemonSets.reduce((sum, { misscheduled }) => sum + misscheduled, 0);
  const former = formerOn(known).length;
  return [
    ...(left === 0
      ? []
      : [`; ${countOf(left, "node")} that it no longer chooses still had its pod, and kept the marks`]),
    ...(former === 0
      ? []
      : [
          `; ${countOf(former, "node")} still had a pod of an instance that it no longer has, and kept its mark`,
        ]),
  ].join("");
}
