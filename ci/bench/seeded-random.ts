/** Draws numbers from 0 to below 1, the same ones for the same seed; good for orders and samples, not for secrets. */
export type Random = () => number;

/** A generator whose draws depend on the seed alone: a linear congruence of 32 bits, whose state is mixed before it is given out. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    // Knuth's multiplier with an odd increment has the full period of 2^32.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The low bits of a congruence alternate; folded into the high ones they do not show.
    const folded = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
    return ((folded ^ (folded >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The items in an order that is drawn, each order as likely as any other. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = items.map((item) => ({ item, draw: random() }));
  return order.sort((a, b) => a.draw - b.draw).map(({ item }) => item);
}
