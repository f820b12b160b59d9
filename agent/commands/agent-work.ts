import { dirname } from "node:path";
import { createBackoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { createCredentialMemory } from "../credential-memory.ts";
import type { DiskSpace } from "../disk-gate.ts";
import { exitCode } from "../exit-code.ts";
import { type Entry, entriesFromLines, linesOf } from "../image-list.ts";
import type { ImageService } from "../image-service.ts";
import type { Keyring } from "../keyring.ts";
import type { Log } from "../log.ts";
import type { NodeApi } from "../node-api.ts";
import { createPool } from "../pool.ts";
import { createReport } from "../report.ts";
import { revisionOf } from "../revision.ts";
import type { RoundContext } from "../round-context.ts";
import type { PrefetchSettings } from "../settings.ts";
import type { CommandResult } from "./command-result.ts";
import { noRuntime, problemWithList } from "./sentences.ts";

/** The world outside a process that works on its node. */
export interface AgentDependencies {
  readonly imageService: ImageService;
  readonly keyring: Keyring;
  readonly nodeApi: NodeApi;
  readonly clock: Clock;
  readonly log: Log;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** This node's platform, `os/arch`. */
  readonly platform: string;
  /** The file system that the runtime's images go to. */
  readonly diskSpace: () => DiskSpace;
  /** The Unix sockets that lie in a folder, absolute paths, as far as they can be seen. */
  readonly socketsIn: (folder: string) => Promise<readonly string[]>;
  /** What the process before this one has handed over; undefined where this one is the first, or nobody did. */
  readonly carried: string | undefined;
}

/** A list that may be worked on. */
export interface CheckedList {
  readonly entries: readonly Entry[];
  readonly revision: string;
}

/** The list in `lines`, or how the command ends where nothing may be done with it. */
export function checkedList(
  settings: PrefetchSettings,
  lines: readonly string[],
): CheckedList | CommandResult {
  const entries = entriesFromLines(lines);
  const revision = revisionOf(settings.pullPolicy, linesOf(entries));
  const problem = problemWithList(settings, entries, revision);
  return problem === undefined ? { entries, revision } : { exitCode: exitCode.usage, message: problem };
}

/** How a command ends that finds no runtime, and why. */
export async function endWithoutRuntime(
  settings: PrefetchSettings,
  { socketsIn }: AgentDependencies,
  why: string,
): Promise<CommandResult> {
  const sockets = await socketsIn(dirname(settings.criSocket));
  return { exitCode: exitCode.runtime, message: noRuntime(settings, why, sockets) };
}

/** What the rounds over that list share. `isFirst` says that no process before this one has told the log what is there. */
export function createContext(
  settings: PrefetchSettings,
  list: CheckedList,
  dependencies: AgentDependencies,
  isFirst: boolean,
): RoundContext {
  return {
    ...settings,
    ...dependencies,
    ...list,
    confirmed: new Set(),
    throttledRegistries: new Set(),
    credentialMemory: createCredentialMemory(),
    backoff: createBackoff(dependencies.random, settings.backoffScale),
    pool: createPool(settings.concurrency),
    report: createReport(dependencies.log, isFirst),
  };
}
