import type { Clock } from "./clock.ts";
import type { Entry } from "./image-list.ts";
import type { ImageService } from "./image-service.ts";
import type { Log } from "./log.ts";
import type { NodeApi } from "./node-api.ts";
import type { Pool } from "./pool.ts";
import type { Report } from "./report.ts";
import type { PrefetchSettings } from "./settings.ts";

/** What the rounds of one process share: the list, the settings that a round needs, and the world outside. */
export interface RoundContext
  extends Pick<
    PrefetchSettings,
    "owner" | "takeOver" | "sample" | "pullPolicy" | "pullTimeoutMs" | "labelTimeoutMs"
  > {
  /** At least one. */
  readonly entries: readonly Entry[];
  readonly revision: string;
  /** The `imageKey`s that a registry has confirmed since this process began. Rounds add to it. */
  readonly confirmed: Set<string>;
  readonly imageService: ImageService;
  readonly nodeApi: NodeApi;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: Report;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
}
