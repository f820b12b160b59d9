import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../clock.ts";
import { sleep } from "../../deadline.ts";
import { KubeError } from "../../kube-error.ts";
import { newestFailedCreate } from "../failed-create.ts";
import type { Change, FleetApi, FleetDaemonSet, FleetPod } from "../fleet-api.ts";
import { hasSelector, lacksPods } from "../fleet-scope.ts";
import type { ReleaseState } from "../fleet-state.ts";
import { hasStarting, podWarnings, withWarnings } from "../pod-warnings.ts";
import { createAsking } from "./ask-while.ts";
import { createMirror } from "./mirror.ts";

/** One DaemonSet whose pods are followed. */
export interface FollowedRelease {
  /** Takes what the DaemonSet is by now; false where its pods are others, and it has to be followed anew. */
  update(daemonSet: FleetDaemonSet): boolean;
  /** As it is by now. */
  daemonSet(): FleetDaemonSet;
  /** Undefined before its pods are known. */
  state(): ReleaseState | undefined;
  interruption(): string | undefined;
  /** Has it find out why pods are missing or do not start, if that is so. */
  lookForReasons(): void;
  /** Ends all that it follows. */
  end(): void;
}

/** What following takes. */
export interface Following {
  readonly api: FleetApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Says that there is something new. */
  readonly changed: () => void;
  /** Lets work go on beside all else; what it throws ends everything. */
  readonly run: (work: Promise<void>) => void;
}

// Rights to read pods may be granted meanwhile.
const podsAgainMs = 30_000;

/** Begins to follow the pods of `first`. */
export function followRelease(first: FleetDaemonSet, following: Following): FollowedRelease {
  const { api, clock, changed, run } = following;
  const ended = new AbortController();
  const signal = AbortSignal.any([following.signal, ended.signal]);
  const pods = createMirror<FleetPod>(({ name }) => name);
  let daemonSet = first;

  const take = (change: Change<FleetPod>) => {
    if (pods.take(change)) changed();
  };
  const followPods = async () => {
    for (;;) {
      try {
        for await (const change of api.followPods(first.namespace, first.selector, signal)) {
          take(change);
        }
        return;
      } catch (error) {
        // Each further try would ask whoever logs in once more.
        if (!(error instanceof KubeError) || error.lasting === "login") throw error;
        take({ kind: "interrupted", why: error.message });
      }
      await sleep(clock, podsAgainMs, signal);
    }
  };
  const isLacking = () => lacksPods(daemonSet, pods.items() ?? []);
  /** Runs until this release ends, which is nobody's fault. */
  const runHere = (work: Promise<void>) =>
    run(
      work.catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      }),
    );

  const asking = { clock, signal, changed, run: runHere };
  const failedCreate = createAsking({
    isNeeded: isLacking,
    ask: () => newestFailedCreate(api, daemonSet, signal),
    ...asking,
  });
  const warnings = createAsking({
    isNeeded: () => hasStarting(pods.items() ?? []),
    ask: async () => {
      const found = await podWarnings(api, daemonSet, signal);
      return found.length > 0 ? found : undefined;
    },
    ...asking,
  });

  if (hasSelector(first)) runHere(followPods());
  else pods.take({ kind: "all", items: [] });
  return {
    update: (now) => {
      daemonSet = now;
      return isDeepStrictEqual(now.selector, first.selector);
    },
    daemonSet: () => daemonSet,
    state: () => {
      const items = pods.items();
      if (items === undefined) return undefined;
      const isInterrupted = pods.interruption() !== undefined;
      const explained = withWarnings(items, warnings.answer() ?? []);
      return { daemonSet, pods: explained, isInterrupted, failedCreate: failedCreate.answer() };
    },
    interruption: pods.interruption,
    lookForReasons: () => {
      failedCreate.begin();
      warnings.begin();
    },
    end: () => ended.abort(),
  };
}
