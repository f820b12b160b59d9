import type { Turns } from "./run-order.ts";
import { kubeletRepeats, rivalTimesOfFive, usualRepeats } from "./scenarios.ts";
import type { TransferScenario } from "./transfer-types.ts";

/** How often each contender of the scenario runs: as often as `repeats` says where it does, else the agent more often than its rivals. */
export function turnsOf(
  scenario: Pick<TransferScenario, "contenders" | "repeats">,
  options: { readonly isQuick: boolean; readonly repeats: number | undefined },
): readonly Turns[] {
  const usual = scenario.repeats ?? usualRepeats[options.isQuick ? "quick" : "full"];
  return scenario.contenders.map((contender) => ({
    contender,
    repeats: options.repeats ?? usualOf(contender, usual),
  }));
}

function usualOf(contender: string, repeats: number): number {
  if (contender === "agent") return repeats;
  return contender === "kubelet" ? kubeletRepeats : Math.ceil((repeats * rivalTimesOfFive) / 5);
}
