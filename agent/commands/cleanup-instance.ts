import { countOf } from "../count-of.ts";
import { exitCode } from "../exit-code.ts";
import { marksOn } from "../fleet/leftovers/marks.ts";
import { keyOf } from "../node-record.ts";
import type { CleanupSettings, CleanupTarget } from "../settings.ts";
import { removeInPasses, type Selection } from "./cleanup-passes.ts";
import { podsLeft, stillInhabited } from "./cleanup-pods.ts";
import { holdersOf, livingDaemonSets, untilNoPods } from "./cleanup-release.ts";
import {
  type CleanupDependencies,
  createWork,
  doneBefore,
  endOf,
  type Find,
  fewOf,
  overtaken,
  unfinished,
  type Work,
} from "./cleanup-work.ts";
import type { CommandResult } from "./command-result.ts";

type InstanceTarget = Extract<CleanupTarget, { kind: "instance" }>;

/** Removes one owner's label and annotation of one instance from all Nodes, unless the owner's release still has it. */
export async function removeInstance(
  { instance, owner }: InstanceTarget,
  settings: CleanupSettings,
  dependencies: CleanupDependencies,
  signal: AbortSignal,
): Promise<CommandResult> {
  const work = createWork(settings, dependencies);
  return endOf(work, async () => {
    if (owner !== undefined) return removeOwned({ instance, owner }, work, signal);
    const { owners, unownedCount } = await ownersOn(keyOf(instance), work, signal);
    const [only] = owners;
    if (owners.size > 1) return severalOwners(instance, owners);
    if (only !== undefined) return removeOwned({ instance, owner: only }, work, signal);
    if (settings.includesUnowned) return removeOnlyUnowned(instance, work, signal);
    return { exitCode: exitCode.done, message: noneFound(instance, unownedCount) };
  });
}

interface Owned {
  readonly instance: string;
  readonly owner: string;
}

async function removeOwned(
  { instance, owner }: Owned,
  work: Work,
  signal: AbortSignal,
): Promise<CommandResult> {
  const key = keyOf(instance);
  const holders = async () => holdersOf(await livingDaemonSets(work.api, owner, signal), instance);
  /** What it ends with where the release has the instance; `finds` is what was removed since it was seen last that it has not. */
  const look = async (finds: readonly Find[]) => {
    const daemonSets = await holders();
    if (daemonSets.length === 0) return undefined;
    return finds.length === 0
      ? held({ instance, owner }, work)
      : overtaken(work, { owner, daemonSets, finds });
  };
  const stillThere = await look([]);
  if (stillThere !== undefined) return stillThere;
  const left = await untilNoPods(owner, work, signal);
  const { isAfterUninstall, isDryRun } = work.settings;
  if (left.length > 0 && !isAfterUninstall && !isDryRun)
    return unfinished(work, stillInhabited(left, owner, work));
  const selection: Selection = {
    what: `${key} of ${owner}`,
    isMeant: (mark) => mark.key === key && isMeant(mark.owner, owner, work),
    beforeBatch: look,
    atEnd: look,
    note: () => (left.length === 0 ? "" : `; ${podsLeft(left, owner)} and may write again`),
  };
  return removeInPasses(selection, work, signal);
}

function isMeant(standing: string | undefined, owner: string, { settings }: Work): boolean {
  return standing === undefined ? settings.includesUnowned : standing === owner;
}

async function removeOnlyUnowned(instance: string, work: Work, signal: AbortSignal): Promise<CommandResult> {
  const key = keyOf(instance);
  const nobodyToAsk = async () => undefined;
  const selection: Selection = {
    what: `${key} of no owner`,
    isMeant: (mark) => mark.key === key && mark.owner === undefined,
    beforeBatch: nobodyToAsk,
    atEnd: nobodyToAsk,
    note: () => "",
  };
  return removeInPasses(selection, work, signal);
}

async function ownersOn(
  key: string,
  { api }: Work,
  signal: AbortSignal,
): Promise<{ readonly owners: ReadonlySet<string>; readonly unownedCount: number }> {
  const owners = new Set<string>();
  let unownedCount = 0;
  for await (const page of api.nodes(signal)) {
    for (const mark of page.flatMap(marksOn).filter((each) => each.key === key)) {
      if (mark.owner === undefined) unownedCount += 1;
      else owners.add(mark.owner);
    }
  }
  return { owners, unownedCount };
}

function severalOwners(instance: string, owners: ReadonlySet<string>): CommandResult {
  const message = `${keyOf(instance)} has several owners; choose one by --owner: ${fewOf(owners)}. Nothing was removed`;
  return { exitCode: exitCode.usage, message };
}

function noneFound(instance: string, unownedCount: number): string {
  const none = `no node carries ${keyOf(instance)} of any owner`;
  if (unownedCount === 0) return none;
  return `${none}; on ${countOf(unownedCount, "node")} it has none, and stays unless --include-unowned is given`;
}

/** That the release has the instance: after an uninstall it was installed again, and by hand it was never uninstalled. */
function held({ instance, owner }: Owned, work: Work): CommandResult {
  if (work.settings.isAfterUninstall) {
    const message = `release ${owner} is installed again, and keeps what it has on the nodes. ${doneBefore(work)}`;
    return { exitCode: exitCode.done, message };
  }
  const message =
    `release ${owner} is still installed, and has the instance ${instance}: helm uninstall it first, or give --orphans ` +
    `for what it no longer needs. ${doneBefore(work)}`;
  return { exitCode: exitCode.usage, message };
}
