import { sleep } from "../deadline.ts";
import { exitCode } from "../exit-code.ts";
import type { FleetNode } from "../fleet-api.ts";
import { type Mark, marksOn } from "../marks.ts";
import { counted, type Find, fewOf, unfinished, type Work } from "./cleanup-work.ts";
import type { CommandResult } from "./prefetch.ts";

/** What is to go from the Nodes of a page, found out after the page was read; or what the command ends with instead. */
export type Choose = (
  page: readonly FleetNode[],
) => Promise<
  | { readonly kind: "chosen"; readonly finds: readonly Find[] }
  | { readonly kind: "stopped"; readonly result: CommandResult }
>;

// Whoever writes a mark anew after so many is at work, and not on its way out.
const mostPasses = 5;

// For agents that wrote in between, and may do so again.
const waitAfterChangeMs = 2_000;

/**
 * Goes over all Nodes until there is nothing to remove any more, which takes one pass more than there is to do. `what` names the marks;
 * `note` is said at the end. A dry run goes over them once.
 */
export async function removeInPasses(
  choose: Choose,
  { what, note = "" }: { readonly what: string; readonly note?: string },
  work: Work,
  signal: AbortSignal,
): Promise<CommandResult> {
  for (let passNumber = 1; ; passNumber += 1) {
    const pass: Pass = { found: new Set(), isOutdated: false };
    const stopped = await runPass(choose, pass, work, signal);
    if (stopped !== undefined) return stopped;
    if (pass.found.size === 0 || work.settings.isDryRun)
      return { exitCode: exitCode.done, message: `${summaryOf(what, work)}${note}` };
    if (passNumber === mostPasses) {
      const nodes = `${counted(pass.found.size, "node")} (${fewOf(pass.found)})`;
      return unfinished(
        work,
        `${what}: written anew on ${nodes} while it was removed ${mostPasses} times${note}`,
      );
    }
    if (pass.isOutdated) await sleep(work.clock, waitAfterChangeMs, signal);
  }
}

interface Pass {
  /** The Nodes on which there was something to remove. */
  readonly found: Set<string>;
  /** A Node had changed after it was read, and is left to the next pass. */
  isOutdated: boolean;
}

async function runPass(
  choose: Choose,
  pass: Pass,
  work: Work,
  signal: AbortSignal,
): Promise<CommandResult | undefined> {
  for await (const page of work.api.nodes(signal)) {
    const choice = await choose(page);
    if (choice.kind === "stopped") return choice.result;
    await removeAll(choice.finds, pass, work, signal);
  }
  return undefined;
}

/** Removes what was found on a page; after the first failure it starts no more, and throws that when none is under way. */
async function removeAll(finds: readonly Find[], pass: Pass, work: Work, signal: AbortSignal): Promise<void> {
  const failure = new AbortController();
  const mayStart = AbortSignal.any([signal, failure.signal]);
  const removeOne = async (find: Find) => {
    try {
      await remove(find, pass, work, signal);
    } catch (error) {
      failure.abort(error);
    }
  };
  await Promise.allSettled(finds.map((find) => work.pool.run(() => removeOne(find), mayStart)));
  signal.throwIfAborted();
  failure.signal.throwIfAborted();
}

async function remove({ node, marks }: Find, pass: Pass, work: Work, signal: AbortSignal): Promise<void> {
  pass.found.add(node.name);
  const keys = marks.map(({ key }) => key);
  const end = work.settings.isDryRun ? "removed" : await work.api.removeMarks(node, keys, signal);
  if (end === "gone") work.gone.add(node.name);
  if (end === "changed") pass.isOutdated = true;
  if (end !== "removed") return;
  work.cleaned.add(node.name);
  const verb = work.settings.isDryRun ? "would remove" : "removed";
  for (const mark of marks) work.tell(`${node.name}: ${verb} ${textOf(mark)}`);
}

function textOf({ key, label, owner }: Mark): string {
  const value = label === undefined ? `${key}, an annotation without a label,` : `${key}=${label}`;
  return `${value} of ${owner ?? "no owner"}`;
}

function summaryOf(what: string, { settings, cleaned, gone }: Work): string {
  const nodes = counted(cleaned.size, "node");
  if (settings.isDryRun) return `${what}: would be removed from ${nodes}; nothing was removed`;
  if (cleaned.size === 0 && gone.size === 0) return `${what}: on no node`;
  const vanished = gone.size === 0 ? "" : `; ${counted(gone.size, "node")} had gone meanwhile`;
  return `${what}: removed from ${nodes}${vanished}`;
}

/** The Nodes of a page that have marks which are meant, with those. */
export function findsIn(
  page: readonly FleetNode[],
  isMeant: (mark: Mark, node: FleetNode) => boolean,
): readonly Find[] {
  return page
    .map((node) => ({ node, marks: marksOn(node).filter((mark) => isMeant(mark, node)) }))
    .filter(({ marks }) => marks.length > 0);
}
