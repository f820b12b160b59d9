import type { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { CredentialMemory } from "./credential-memory.ts";
import type { DiskSpace } from "./disk-gate.ts";
import type { Entry } from "./image-list.ts";
import type { ImageService } from "./image-service.ts";
import type { Keyring } from "./keyring.ts";
import type { Log } from "./log.ts";
import type { NodeApi } from "./node-api.ts";
import type { Pool } from "./pool.ts";
import type { Report } from "./report.ts";
import type { PrefetchSettings } from "./settings.ts";

/** What the rounds of one process share: the list, the settings that a round needs, and the world outside. */
export interface RoundContext
  extends Pick<
    PrefetchSettings,
    | "owner"
    | "takeOver"
    | "sample"
    | "pullPolicy"
    | "concurrency"
    | "pullTimeoutMs"
    | "attemptTimeoutMs"
    | "labelTimeoutMs"
    | "minFreePercent"
  > {
  /** At least one of them is required. */
  readonly entries: readonly Entry[];
  readonly revision: string;
  /** This node's, `os/arch`. */
  readonly platform: string;
  /** The `imageKey`s that a registry has confirmed since this process began. Rounds add to it. */
  readonly confirmed: Set<string>;
  /** The registries that have throttled this process. Rounds add to it. */
  readonly throttledRegistries: Set<string>;
  readonly credentialMemory: CredentialMemory;
  readonly keyring: Keyring;
  readonly imageService: ImageService;
  readonly nodeApi: NodeApi;
  /** Bounds the PullImage calls of all rounds together. */
  readonly pool: Pool;
  readonly diskSpace: () => DiskSpace;
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly report: Report;
}
