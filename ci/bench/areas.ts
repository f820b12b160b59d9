import { runFleet } from "./fleet/run-fleet.ts";
import { runFootprint } from "./footprint/run-footprint.ts";
import { runHerd } from "./herd/run-herd.ts";
import type { BenchOptions, Section } from "./section.ts";
import { runTransfer } from "./transfer/run-transfer.ts";
import type { AreaName } from "./wanted-areas.ts";

/** What measures each area. */
export const areas: Readonly<Record<AreaName, (options: BenchOptions) => Promise<Section>>> = {
  transfer: runTransfer,
  footprint: runFootprint,
  fleet: runFleet,
  herd: runHerd,
};
