import { appliesTo, type Entry } from "./image-list.ts";
import { heldLook, inVain, type KeepContext, type KeepLook, lookFrom } from "./keep-look-result.ts";
import { type FoundByLook, type KeepPlan, planOf, verdictWithAllThere } from "./keep-plan.ts";
import { knownBy, notTried, type PullResults, runKeepRound, standingResults } from "./keep-round.ts";
import type { KeepState } from "./keep-state.ts";
import { lookAtImages } from "./look.ts";
import { markNode } from "./mark-node.ts";
import type { NodeAnswer, NodeMarks } from "./node-api.ts";
import { saysVerdict, standingFailuresFrom } from "./node-record.ts";
import { patiently } from "./patiently.ts";
import { reasonToStop } from "./round-result.ts";
import { silenceIn } from "./silence.ts";
import { stateAfterInterruption, stateAfterRound } from "./state-after-round.ts";

/**
 * Looks once at what the node holds and at what its Node says, and makes both right again. One read and one ImageStatus per image where all is
 * well. Rejects with the signal's reason when `signal` aborts.
 */
export async function keepLook(
  context: KeepContext,
  before: KeepState,
  signal: AbortSignal,
): Promise<KeepLook> {
  const read = await patiently(context, () => context.nodeApi.read(signal), signal);
  const stop = reasonToStop(read, context);
  if (stop !== undefined) return lookFrom("looked", stop, before);
  const marks = read.kind === "node" ? read.marks : undefined;
  const known = withFirstKnowledge(before, marks, context);
  for (const imageKey of known.confirmed) context.confirmed.add(imageKey);

  const look = await lookAtImages(context, signal);
  const silence = silenceIn(context, look);
  if (silence.isTotal) return inVain(known, silence.message);
  const plan = planOf(context, known, { look, marks });
  // Nothing that is known has to be written, and an API server that is down is not to be asked for minutes by every node.
  if (plan.missing.length === 0 && marks === undefined) return inVain(plan.state, whyUnknown(read));
  if (plan.isDue) return lookByRound(context, plan, signal);
  if (plan.isUnsure) return inVain(plan.state, silence.message);
  return lookWithoutPulls(context, plan, { read, look, marks, silence }, signal);
}

function whyUnknown(read: NodeAnswer): string {
  return "message" in read ? read.message : "the Node is not known";
}

/** Before the first look the Node says what the pod's own round came to: all that it does not name as failed was there, and confirmed. */
function withFirstKnowledge(state: KeepState, marks: NodeMarks | undefined, context: KeepContext): KeepState {
  if (state.there !== undefined || marks === undefined) return state;
  const failures = standingFailuresFrom(marks.annotation, context);
  const applying = context.entries.filter((entry) => appliesTo(entry, context.platform));
  const keysOf = (entries: readonly Entry[]) => entries.map(({ imageKey }) => imageKey);
  const failed = new Set(keysOf(applying.filter(({ displayName }) => failures?.has(displayName) !== false)));
  const there = new Set(keysOf(applying).filter((key) => !failed.has(key)));
  return { ...state, there, confirmed: there };
}

interface FoundByKeepLook extends FoundByLook {
  readonly read: NodeAnswer;
  readonly silence: ReturnType<typeof silenceIn>;
}

/** It is not time to pull anything: the Node is left as it is, or made to say why; where nobody knows that, a round finds it out. */
async function lookWithoutPulls(
  context: KeepContext,
  plan: KeepPlan,
  found: FoundByKeepLook,
  signal: AbortSignal,
): Promise<KeepLook> {
  const { read, marks, silence } = found;
  const { missing, toPull, eviction } = plan;
  const isAllThere = missing.length + toPull.required.length + toPull.optional.length === 0;
  // Under policy Always `failed` also stands for what was never confirmed; it stays until it is time to ask again.
  const isMissing = missing.length + toPull.required.length > 0;
  const verdict = isMissing ? "failed" : verdictWithAllThere(context);
  const isSaid = marks !== undefined && saysVerdict(verdict, context, marks);
  const failures = standingFailuresFrom(marks?.annotation, context);
  if (isToldOfLeft(context, plan, failures) && !isAllThere) {
    if (marks === undefined) return inVain(plan.state, whyUnknown(read));
    // What an optional image failed with stands in the annotation; a further write would take it out.
    if (isSaid) return heldLook(stateLeaving(plan), isMissing);
  }
  const failed = [...missing, ...toPull.required].filter(
    ({ imageKey }) => !eviction.leftUntilMs.has(imageKey),
  );
  const isKnown = (entry: Entry) =>
    entry.invalid !== undefined || (isSaid && failures?.has(entry.displayName) === true);
  if (failed.every(isKnown)) return lookByMark(context, plan, found, signal);
  // Why nothing is heard of an image is not found out by asking again before its time; only a label that speaks for it has to go.
  const isSilent = failed.every(({ imageKey }) => silence.silent.has(imageKey));
  if (isSilent && marks !== undefined && marks.label !== "succeeded")
    return inVain(plan.state, silence.message);
  return lookByRound(context, plan, signal);
}

/** Whether the Node, as far as it can be read, names all that is left to the garbage collection. */
function isToldOfLeft(
  { entries, platform }: KeepContext,
  { eviction: { leftUntilMs, newlyLeft } }: KeepPlan,
  failures: ReturnType<typeof standingFailuresFrom>,
): boolean {
  const left = entries.filter((entry) => appliesTo(entry, platform) && leftUntilMs.has(entry.imageKey));
  return (
    newlyLeft.size === 0 &&
    (failures === undefined || left.every(({ displayName }) => failures.get(displayName) === "evicted"))
  );
}

async function lookByMark(
  context: KeepContext,
  plan: KeepPlan,
  { look, marks }: FoundByLook,
  signal: AbortSignal,
): Promise<KeepLook> {
  tellOfLeft(context, plan);
  const { required, optional } = plan.toPull;
  const message = "it was missing before, and was not tried again";
  const standing = standingResults(context, marks, [...required, ...optional], message);
  const known = knownBy(new Map([...standing, ...resultsOfLeft(plan)]), optional);
  const result = await markNode(context, { ...known, look, marks }, signal);
  const kind = plan.eviction.leftUntilMs.size === 0 ? "looked" : "left";
  return lookFrom(kind, result, stateLeaving(plan));
}

/** What is known once the Node says what is left to the garbage collection. */
function stateLeaving({ state, eviction }: KeepPlan): KeepState {
  const { leftUntilMs, evictions } = eviction;
  const there = [...(state.there ?? [])].filter((key) => !leftUntilMs.has(key));
  return { ...state, there: new Set(there), leftUntilMs, evictions };
}

function resultsOfLeft({ eviction }: KeepPlan): PullResults {
  return new Map([...eviction.why].map(([key, why]) => [key, notTried("evicted", why)]));
}

function tellOfLeft({ log, entries }: KeepContext, { eviction: { newlyLeft, why } }: KeepPlan): void {
  const left = entries.filter(({ imageKey }) => newlyLeft.has(imageKey));
  const [first] = left;
  if (first === undefined) return;
  const images = left.map(({ displayName }) => displayName);
  const error = why.get(first.imageKey);
  log.warn({ reason: "evicted", error, images }, "images are gone, and not pulled for now");
}

async function lookByRound(context: KeepContext, plan: KeepPlan, signal: AbortSignal): Promise<KeepLook> {
  tellOfLeft(context, plan);
  const end = await runKeepRound(context, resultsOfLeft(plan), signal);
  if (end.kind === "interrupted")
    return keepLook(context, stateAfterInterruption(context, plan, end.outcomes), signal);
  const state = "outcomes" in end ? stateAfterRound(context, plan, end.outcomes) : plan.state;
  return lookFrom("pulled", end, state);
}
