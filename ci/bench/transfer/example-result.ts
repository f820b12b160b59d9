import type { ScenarioResult } from "./transfer-table.ts";
import type { TransferRun } from "./transfer-types.ts";

/** For tests: a run of which only what matters has to be said. */
export function exampleRun(run: Partial<TransferRun>): TransferRun {
  return {
    scenario: "link-bound",
    contender: "agent",
    round: 1,
    seconds: 4,
    pullingSeconds: 3,
    meanSeconds: 2,
    bytesRatio: 1.001,
    linkRatio: 1.05,
    requests: 20,
    pullImageCalls: 4,
    cpuSeconds: 0.5,
    peakRssMiB: 80,
    ...run,
  };
}

/** For tests: what a scenario of four images of three blobs, bound by 4 s, comes to with these times by contender. */
export function exampleResult(
  name: string,
  seconds: Readonly<Record<string, readonly number[]>>,
  run: Partial<TransferRun> = {},
): ScenarioResult {
  const runs = Object.entries(seconds).flatMap(([contender, each]) =>
    each.map((time, index) =>
      exampleRun({ scenario: name, contender, round: index + 1, seconds: time, ...run }),
    ),
  );
  return {
    scenario: { name, about: "About.", rateMbit: 100, delayMs: 0, contenders: Object.keys(seconds) },
    imageCount: 4,
    blobCount: 12,
    uniqueBytes: 48_000_000,
    bounds: { link: 4, unpack: 1, chain: 2, bound: 4, measuredMbit: 96.4 },
    runs,
  };
}
