import type { Failure } from "./failure.ts";
import type { PullAnswer } from "./image-service.ts";
import type { Pool } from "./pool.ts";

/** What keeps an attempt from starting. */
export type Obstacle =
  /** `untilChanged` resolves when it is worth to ask again; it rejects with its signal's reason. */
  | { readonly kind: "wait"; readonly untilChanged: (signal: AbortSignal) => Promise<void> }
  /** Nothing more passes in this round. */
  | { readonly kind: "closed"; readonly failure: Failure };

/** Something that attempts share, and that may hold them all: a registry, the disk. */
export interface Gate {
  /** What keeps the next attempt from starting now; undefined where nothing does. */
  obstacle(): Obstacle | undefined;
  /** An attempt starts. The returned function takes what it came to (undefined where it was cut off), once. */
  enter(): (answer: PullAnswer | undefined) => void;
}

/** What an attempt came to, or that a gate is closed and no attempt was made. */
export type PassAnswer = PullAnswer | Extract<Obstacle, { kind: "closed" }>;

/**
 * What `attempt` comes to once every gate lets it pass and a slot of the pool is free. An attempt that a gate holds keeps
 * no slot: a gate may have shut while the attempt waited for its slot, so each is asked again inside.
 */
export async function passThrough(
  gates: readonly Gate[],
  pool: Pool,
  attempt: () => Promise<PullAnswer>,
  signal: AbortSignal,
): Promise<PassAnswer> {
  for (;;) {
    const obstacle = firstObstacle(gates);
    if (obstacle?.kind === "closed") return obstacle;
    if (obstacle !== undefined) {
      await obstacle.untilChanged(signal);
      continue;
    }
    const answer = await pool.run(async () => {
      if (firstObstacle(gates) !== undefined) return undefined;
      return attemptInside(gates, attempt);
    }, signal);
    if (answer !== undefined) return answer;
  }
}

async function attemptInside(
  gates: readonly Gate[],
  attempt: () => Promise<PullAnswer>,
): Promise<PullAnswer> {
  let answer: PullAnswer | undefined;
  // Every gate that was entered is left, whatever throws: one that is not would count the attempt as under way for good.
  using entered = new DisposableStack();
  for (const gate of gates) {
    const leave = gate.enter();
    entered.defer(() => leave(answer));
  }
  answer = await attempt();
  return answer;
}

function firstObstacle(gates: readonly Gate[]): Obstacle | undefined {
  for (const gate of gates) {
    const obstacle = gate.obstacle();
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}
