import { countOf } from "../count-of.ts";
import { sleep } from "../deadline.ts";
import { exitCode } from "../exit-code.ts";
import type { FleetNode } from "../fleet/fleet-api.ts";
import { type Mark, marksOn } from "../fleet/leftovers/marks.ts";
import { KubeError } from "../kube-error.ts";
import { type Find, fewOf, lookEveryMs, unfinished, type Work } from "./cleanup-work.ts";
import type { CommandResult } from "./command-result.ts";

/** What a look comes to: what the command ends with, or undefined where it goes on. */
export type Look = Promise<CommandResult | undefined>;

/** What is to go, and who is asked before it goes. */
export interface Selection {
  /** Names the marks. */
  readonly what: string;
  /** Whether a mark is to go, as far as is known from the last look. */
  readonly isMeant: (mark: Mark, node: FleetNode) => boolean;
  /** Asked before the Nodes are read. */
  readonly beforePass?: () => Look;
  /**
   * Asked just before each few removals, and so after their Nodes were read: what an agent of a release that came back wrote before is
   * then known to be its own. `sinceLook` is what was removed after the look before.
   */
  readonly beforeBatch: (sinceLook: readonly Find[]) => Look;
  /** Asked at the end, if anything was removed since the last look. */
  readonly atEnd: (sinceLook: readonly Find[]) => Look;
  /** What is said at the end. */
  readonly note: () => string;
}

// Whoever writes a mark anew after so many is at work, and not on its way out.
const mostPasses = 5;

// An agent's own write comes in between; the API server takes far more from one client.
const batchSize = 8;

/** Goes over all Nodes until there is nothing to remove any more, which takes one pass more than there is to do; a dry run does so once. */
export async function removeInPasses(
  selection: Selection,
  work: Work,
  signal: AbortSignal,
): Promise<CommandResult> {
  let sinceLook: readonly Find[] = [];
  for (let passNumber = 1; ; passNumber += 1) {
    const pass: Pass = { found: new Set(), sinceLook, isOutdated: false, isCut: false };
    const stopped = await runPass(selection, pass, work, signal);
    if (stopped !== undefined) return stopped;
    sinceLook = pass.sinceLook;
    if (isDone(pass, work) || passNumber === mostPasses) return endAfter(pass, selection, work);
    // For agents that wrote in between, and may do so again.
    if (pass.isOutdated) await sleep(work.clock, lookEveryMs, signal);
  }
}

function isDone({ isCut, found }: Pass, { settings }: Work): boolean {
  return !isCut && (found.size === 0 || settings.isDryRun);
}

async function endAfter(pass: Pass, { what, atEnd, note }: Selection, work: Work): Promise<CommandResult> {
  const late = pass.sinceLook.length === 0 ? undefined : await atEnd(pass.sinceLook);
  if (late !== undefined) return late;
  if (isDone(pass, work)) return { exitCode: exitCode.done, message: `${summaryOf(what, work)}${note()}` };
  return unfinished(work, `${what}: ${whyUnfinished(pass)}${note()}`);
}

interface Pass {
  /** The Nodes on which there was something to remove. */
  readonly found: Set<string>;
  /** What was removed after the last look. */
  sinceLook: readonly Find[];
  /** A Node had changed after it was read, and is left to the next pass. */
  isOutdated: boolean;
  /** The API server had forgotten where the list stood before its end. */
  isCut: boolean;
}

function whyUnfinished({ isCut, found }: Pass): string {
  if (isCut) return `the list of nodes expired before its end ${mostPasses} times`;
  return `written anew on ${countOf(found.size, "node")} (${fewOf(found)}) while it was removed ${mostPasses} times`;
}

async function runPass(selection: Selection, pass: Pass, work: Work, signal: AbortSignal): Look {
  const stopped = await selection.beforePass?.();
  if (stopped !== undefined) return stopped;
  try {
    for await (const page of work.api.nodes(signal)) {
      const stopped = await removeFrom(page, selection, pass, work, signal);
      if (stopped !== undefined) return stopped;
    }
  } catch (error) {
    // A list's place is kept for some minutes, and between two pages there may be hundreds of removals.
    if (!(error instanceof KubeError) || error.status !== 410) throw error;
    pass.isCut = true;
  }
  return undefined;
}

async function removeFrom(
  page: readonly FleetNode[],
  { isMeant, beforeBatch }: Selection,
  pass: Pass,
  work: Work,
  signal: AbortSignal,
): Look {
  for (const batch of batchesOf(findsIn(page, isMeant))) {
    const stopped = await beforeBatch(pass.sinceLook);
    if (stopped !== undefined) return stopped;
    pass.sinceLook = [];
    const nodes = batch.map(({ node }) => node);
    await removeBatch(findsIn(nodes, isMeant), pass, work, signal);
  }
  return undefined;
}

function batchesOf(finds: readonly Find[]): readonly (readonly Find[])[] {
  const count = Math.ceil(finds.length / batchSize);
  return Array.from({ length: count }, (_, index) => finds.slice(index * batchSize, (index + 1) * batchSize));
}

/** Removes these at once; where one fails it throws that when none is under way any more. */
async function removeBatch(
  finds: readonly Find[],
  pass: Pass,
  work: Work,
  signal: AbortSignal,
): Promise<void> {
  const ends = await Promise.allSettled(finds.map((find) => remove(find, pass, work, signal)));
  signal.throwIfAborted();
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function remove(find: Find, pass: Pass, work: Work, signal: AbortSignal): Promise<void> {
  const { node, marks } = find;
  const { isDryRun } = work.settings;
  pass.found.add(node.name);
  const keys = marks.map(({ key }) => key);
  const end = isDryRun ? "removed" : await work.api.removeMarks(node, keys, signal);
  if (end === "gone") work.gone.add(node.name);
  if (end === "changed") pass.isOutdated = true;
  // A dry run finds the same again where its pass was cut.
  if (end !== "removed" || (isDryRun && work.cleaned.has(node.name))) return;
  work.cleaned.add(node.name);
  if (!isDryRun) pass.sinceLook = [...pass.sinceLook, find];
  const verb = isDryRun ? "would remove" : "removed";
  for (const mark of marks) work.tell(`${node.name}: ${verb} ${textOf(mark)}`);
}

function textOf({ key, label, owner }: Mark): string {
  const value = label === undefined ? `${key}, an annotation without a label,` : `${key}=${label}`;
  return `${value} of ${owner ?? "no owner"}`;
}

function summaryOf(what: string, { settings, cleaned, gone }: Work): string {
  const nodes = countOf(cleaned.size, "node");
  if (settings.isDryRun) return `${what}: would be removed from ${nodes}; nothing was removed`;
  if (cleaned.size === 0 && gone.size === 0) return `${what}: on no node`;
  const vanished = gone.size === 0 ? "" : `; ${countOf(gone.size, "node")} had gone meanwhile`;
  return `${what}: removed from ${nodes}${vanished}`;
}

/** The Nodes of a page that have marks which are meant, with those. */
function findsIn(
  page: readonly FleetNode[],
  isMeant: (mark: Mark, node: FleetNode) => boolean,
): readonly Find[] {
  return page
    .map((node) => ({ node, marks: marksOn(node).filter((mark) => isMeant(mark, node)) }))
    .filter(({ marks }) => marks.length > 0);
}
