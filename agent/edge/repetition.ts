import type { Clock } from "../clock.ts";

/** Something that is done again and again, until it is disposed of. */
export interface Repetition extends Disposable {
  /** Does it next when a whole period has passed from now on; nothing is done before the first call. */
  startOver(): void;
}

/** Calls `act` each `periodMs`. */
export function createRepetition(clock: Clock, periodMs: number, act: () => void): Repetition {
  let callOff: () => void = () => {};
  const startOver = () => {
    callOff();
    callOff = clock.after(periodMs, () => {
      startOver();
      act();
    });
  };
  return { startOver, [Symbol.dispose]: () => callOff() };
}
