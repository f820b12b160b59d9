import { exitCode } from "../exit-code.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetDaemonSet, FleetNode } from "../fleet-api.ts";
import { type Mark, marksOn } from "../marks.ts";
import type { CleanupSettings } from "../settings.ts";
import { type Choose, findsIn, removeInPasses } from "./cleanup-passes.ts";
import { isHeldBy, nodesOf, untilNoPods, untilSettled } from "./cleanup-release.ts";
import {
  type CleanupDependencies,
  counted,
  createWork,
  endOf,
  unfinished,
  type Work,
} from "./cleanup-work.ts";
import type { CommandResult } from "./prefetch.ts";

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
    ownerCount === 0 ? "no node carries an owner's mark" : `done for ${counted(ownerCount, "owner")}`;
  return { exitCode: exitCode.done, message };
}

async function removeOrphansOf(owner: string, work: Work, signal: AbortSignal): Promise<CommandResult> {
  return endOf(work, async () => {
    const first = await untilSettled(owner, work, signal);
    if (typeof first === "string") return unfinished(work, first);
    if (first.length === 0) await untilNoPods(owner, work, signal);
    const choose = orphansOf(owner, first, work, signal);
    return removeInPasses(choose, { what: `marks that ${owner} no longer needs` }, work, signal);
  });
}

/** Chooses the marks of that owner whose instance none of its DaemonSets has, or whose node has no pod of them. */
function orphansOf(owner: string, first: readonly FleetDaemonSet[], work: Work, signal: AbortSignal): Choose {
  let nodes: ReadonlySet<string> = new Set();
  const isOrphan = (mark: Mark, node: FleetNode) =>
    mark.owner === owner && !(nodes.has(node.name) && isHeldBy(first, mark.instance));
  return async (page) => {
    if (findsIn(page, isOrphan).length === 0) return { kind: "chosen", finds: [] };
    // All of it is asked after the page was read: a node that was chosen in between may have its mark from a pod that is new.
    const now = await untilSettled(owner, work, signal);
    if (typeof now === "string") return { kind: "stopped", result: unfinished(work, now) };
    if (versionOf(now) !== versionOf(first))
      return { kind: "stopped", result: unfinished(work, changed(owner)) };
    nodes = await nodesOf(now, work.api, signal);
    return { kind: "chosen", finds: findsIn(page, isOrphan) };
  };
}

/** What tells one state of the DaemonSets from another; a new one of an old name begins with generation 1 again. */
function versionOf(daemonSets: readonly FleetDaemonSet[]): string {
  return daemonSets
    .map(({ name, generation, args }) => `${name} ${generation} ${flagIn(args, "instance")}`)
    .sort()
    .join("\n");
}

function changed(owner: string): string {
  return `the DaemonSet of ${owner} was changed meanwhile; run it again when that is done`;
}
