import type { Gate } from "../gate.ts";

/** What somebody in front of the gate finds now. */
export function stateOf(gate: Gate): "open" | "wait" | "closed" {
  return gate.obstacle()?.kind ?? "open";
}

/** Waits in front of the gate as an entry does, until it lets somebody pass or has closed. */
export async function untilPassable(gate: Gate, signal: AbortSignal): Promise<"open" | "closed"> {
  for (;;) {
    const obstacle = gate.obstacle();
    if (obstacle === undefined) return "open";
    if (obstacle.kind === "closed") return "closed";
    await obstacle.untilChanged(signal);
  }
}
