import { type Random, shuffled } from "../seeded-random.ts";

/** Somebody whose turn comes so many times. */
export interface Turns {
  readonly contender: string;
  readonly repeats: number;
}

/** One turn of a contender. */
export interface PlannedRun {
  readonly contender: string;
  /** From 1. */
  readonly round: number;
}

/**
 * Every contender's turns, round after round, in an order that is drawn anew for each round, so that what the machine does meanwhile
 * meets all of them alike. Whoever has fewer turns than there are rounds takes them spread over the whole.
 */
export function runOrder(turns: readonly Turns[], random: Random): readonly PlannedRun[] {
  const rounds = Math.max(0, ...turns.map(({ repeats }) => repeats));
  return Array.from({ length: rounds }, (_, index) => {
    const due = turns.filter(({ repeats }) => isDue(index, repeats, rounds));
    return shuffled(due, random).map(({ contender }) => ({ contender, round: index + 1 }));
  }).flat();
}

/** Whether one of `repeats` turns, spread evenly, falls into that round of `rounds`. */
function isDue(index: number, repeats: number, rounds: number): boolean {
  return Math.floor(((index + 1) * repeats) / rounds) > Math.floor((index * repeats) / rounds);
}
