import { dirname } from "node:path";
import type { Clock } from "../clock.ts";
import { type DiskSpace, whyNothingStarts } from "../disk-gate.ts";
import type { DiskFinding, ListFinding, NodeFindings, RuntimeFinding } from "../findings.ts";
import { given } from "../given.ts";
import { type Entry, entriesFromLines, linesOf } from "../image-list.ts";
import type { ImageService } from "../image-service.ts";
import type { Keyring } from "../keyring.ts";
import type { NodeAnswer, NodeApi } from "../node-api.ts";
import { revisionOf } from "../revision.ts";
import type { PrefetchSettings } from "../settings.ts";
import { waitForRuntime } from "../wait-for-runtime.ts";
import { inspectImages } from "./inspect-images.ts";
import { inspectLabel, lastFailuresIn } from "./inspect-label.ts";
import { noRuntime, problemWithList } from "./sentences.ts";

/** The world outside the process, as `prefetch` has it but for what would change it. */
export interface InspectDependencies {
  readonly imageService: ImageService;
  readonly keyring: Keyring;
  /** One whose requests are all dry runs. */
  readonly nodeApi: NodeApi;
  readonly clock: Clock;
  /** This node's platform, `os/arch`. */
  readonly platform: string;
  readonly diskSpace: () => DiskSpace;
  readonly socketsIn: (folder: string) => Promise<readonly string[]>;
  /** The list's lines; rejects with a sentence where they cannot be read. */
  readonly readLines: () => Promise<readonly string[]>;
  /** The agent's version. */
  readonly version: string;
}

// A runtime that is being restarted is back by then; somebody waits for the answer.
const runtimeLimitMs = 5_000;

/**
 * Looks at everything that a round with these settings needs, and changes nothing: no pull, no write. What cannot be found out is a
 * finding too. Takes half a minute at most; rejects only when `signal` aborts, with its reason.
 */
export async function inspect(
  settings: PrefetchSettings,
  dependencies: InspectDependencies,
  signal: AbortSignal,
): Promise<NodeFindings> {
  const { nodeApi, platform, version } = dependencies;
  const { list, entries } = await inspectList(settings, dependencies.readLines);
  const [runtime, node] = await Promise.all([
    inspectRuntime(settings, dependencies, signal),
    nodeApi.read(signal),
  ]);
  const lastFailures = lastFailuresIn(node, settings, list.revision);
  const [label, found] = await Promise.all([
    inspectLabel(settings, { ...dependencies, node, entries, revision: list.revision ?? "" }, signal),
    inspectImages({ ...dependencies, entries, runtimeProblem: runtime.problem, lastFailures }, signal),
  ]);
  const { nodeName, instance, owner } = settings;
  const disk = inspectDisk(settings, dependencies.diskSpace(), node);
  return {
    v: 1,
    agent: version,
    node: nodeName,
    instance,
    owner,
    platform,
    runtime,
    list,
    ...found,
    disk,
    label,
  };
}

async function inspectList(
  settings: PrefetchSettings,
  readLines: InspectDependencies["readLines"],
): Promise<{ readonly list: ListFinding; readonly entries: readonly Entry[] }> {
  const { pullPolicy } = settings;
  try {
    const entries = entriesFromLines(await readLines());
    const revision = revisionOf(pullPolicy, linesOf(entries));
    const problem = problemWithList(settings, entries, revision);
    return { list: { entries: entries.length, pullPolicy, revision, ...given({ problem }) }, entries };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { list: { entries: 0, pullPolicy, problem }, entries: [] };
  }
}

async function inspectRuntime(
  settings: PrefetchSettings,
  { imageService, clock, socketsIn }: InspectDependencies,
  signal: AbortSignal,
): Promise<RuntimeFinding> {
  const socket = settings.criSocket;
  const sockets = await socketsIn(dirname(socket));
  const limitMs = Math.min(settings.runtimeTimeoutMs, runtimeLimitMs);
  const answer = await waitForRuntime(imageService, limitMs, clock, signal);
  if (answer.kind === "ready") return { socket, version: answer.version, sockets };
  const looked = { ...settings, runtimeTimeoutMs: limitMs };
  return { socket, sockets, problem: noRuntime(looked, answer.failure.message, sockets) };
}

function inspectDisk({ minFreePercent }: PrefetchSettings, space: DiskSpace, node: NodeAnswer): DiskFinding {
  const isUnderDiskPressure = node.kind === "node" ? node.marks.isUnderDiskPressure : undefined;
  const problem = whyNothingStarts(space, minFreePercent, isUnderDiskPressure ?? false);
  return { ...space, minFreePercent, ...given({ isUnderDiskPressure, problem }) };
}
