import { createDeadline } from "./deadline.ts";
import type { Entry } from "./image-list.ts";
import type { StatusAnswer } from "./image-service.ts";
import { type Look, lookAtImages } from "./look.ts";
import { markNode } from "./mark-node.ts";
import type { NodeMarks } from "./node-api.ts";
import { changeFor, standingRecordFrom } from "./node-record.ts";
import { patiently } from "./patiently.ts";
import { type PullResult, pullImage } from "./pull-image.ts";
import { recordOfRound } from "./record-of-round.ts";
import type { RoundContext } from "./round-context.ts";
import { type RoundResult, reasonToStop } from "./round-result.ts";

/**
 * One pass over the list, as the contract numbers its steps: read the Node, look at the images, withdraw a label
 * that is no longer true, pull what is missing, look again, write the verdict. Two requests to the API server where
 * all is there, four where something is pulled. Rejects with the signal's reason when `signal` aborts; no
 * verdict is written then.
 */
export async function runRound(context: RoundContext, signal: AbortSignal): Promise<RoundResult> {
  const before = await patiently(context, () => context.nodeApi.read(signal), signal);
  const stop = reasonToStop(before, context);
  if (stop !== undefined) return stop;
  if (before.kind === "refused" || before.kind === "unavailable")
    context.log.warn({ error: before.message }, "the Node could not be read yet");
  const marks = before.kind === "node" ? before.marks : undefined;

  const firstLook = await lookAtImages(context.entries, context.imageService, context.clock, signal);
  const toPull = entriesToPull(context, firstLook);
  if (toPull.length === 0) return markNode(context, { pulls: new Map(), look: firstLook, marks }, signal);

  if (isOutdated(marks, context, firstLook)) await withdraw(context, { marks, look: firstLook }, signal);
  const pulls = await pullAll(context, toPull, signal);
  return markNode(context, { pulls, look: undefined, marks: undefined }, signal);
}

/** One entry for each different image that has to be asked of its registry. */
function entriesToPull(context: RoundContext, look: Look): readonly Entry[] {
  const toPull = new Map<string, Entry>();
  for (const entry of context.entries) {
    if (entry.invalid !== undefined || toPull.has(entry.imageKey)) continue;
    const isSettled = context.pullPolicy === "IfNotPresent" || context.confirmed.has(entry.imageKey);
    if (isSettled && isPresent(look.answerFor(entry))) continue;
    toPull.set(entry.imageKey, entry);
  }
  return [...toPull.values()];
}

/** Whether what the Node says would be untrue while the missing images are pulled. */
function isOutdated(marks: NodeMarks | undefined, context: RoundContext, look: Look): boolean {
  // The API server did not answer: there is nothing to compare, and the verdict's write will put it right.
  if (marks === undefined) return false;
  // Under policy Always all may be there, only unconfirmed: a label stands while a moved tag is being pulled.
  const isSomethingMissing = context.entries.some((entry) => !isPresent(look.answerFor(entry)));
  if (!isSomethingMissing) return false;
  return marks.label === "succeeded" || standingRecordFrom(marks.annotation).revision !== context.revision;
}

interface Before {
  readonly marks: NodeMarks | undefined;
  readonly look: Look;
}

async function withdraw(context: RoundContext, { marks, look }: Before, signal: AbortSignal) {
  const present = context.entries.filter((entry) => isPresent(look.answerFor(entry))).length;
  const record = recordOfRound(context, { verdict: "none", present, failed: [] });
  const change = changeFor(record, marks);
  if (change === undefined) return;
  const answer = await patiently(context, () => context.nodeApi.write(change, signal), signal);
  if (answer.kind === "node") return;
  const error = answer.kind === "gone" ? "the Node is gone" : answer.message;
  context.log.warn({ error }, "the label could not be removed; pulling goes on");
}

/** The result of each image's pull, by the entry's `imageKey`. */
async function pullAll(context: RoundContext, entries: readonly Entry[], signal: AbortSignal) {
  using deadline = createDeadline(context.clock, context.pullTimeoutMs, signal);
  const pullOne = async (entry: Entry): Promise<readonly [string, PullResult]> => {
    const result = await pullImage(entry, context, deadline.signal);
    if (result.kind === "pulled") context.confirmed.add(entry.imageKey);
    context.report.pullEnded(entry, result);
    return [entry.imageKey, result];
  };
  return new Map(await Promise.all(entries.map(pullOne)));
}

function isPresent(answer: StatusAnswer): boolean {
  return answer.kind === "present";
}
