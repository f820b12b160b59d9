/**
 * What becomes of one request or call: a fault, or nothing for one that comes through. With a promise it waits until that
 * resolves.
 */
export type FaultRule<Subject, Fault> = (
  subject: Subject,
  // biome-ignore lint/suspicious/noConfusingVoidType: a promise of nothing is how a rule only waits.
) => Promise<Fault | undefined | void> | Fault | undefined;

/** When a fault happens; by default always. */
export interface Occurrence {
  /** How many of those that are meant come through before it; 0 by default. */
  readonly after?: number;
  /** How many of them then meet it, before all come through again; by default all. */
  readonly times?: number;
}

/** The rule that those who are meant meet the fault. It counts them by itself, from the moment it is made. */
export function faultRule<Subject, Fault>(
  isMeant: (subject: Subject) => boolean,
  fault: Fault,
  { after = 0, times = Number.POSITIVE_INFINITY }: Occurrence = {},
): (subject: Subject) => Fault | undefined {
  let count = 0;
  return (subject) => {
    if (!isMeant(subject)) return undefined;
    count += 1;
    return count > after && count <= after + times ? fault : undefined;
  };
}

/**
 * All the rules as one: whoever meets several faults meets them at once, and where two of these say the same thing, the
 * earlier one in the list is right. Each rule counts every subject that it means, whatever the others say.
 */
export function together<Subject, Fault extends object>(
  ...rules: readonly FaultRule<Subject, Fault>[]
): FaultRule<Subject, Fault> {
  const merged = (faults: readonly unknown[]): Fault | undefined =>
    faults.some((fault) => fault !== undefined) ? Object.assign({}, ...[...faults].reverse()) : undefined;
  return (subject) => {
    const faults = rules.map((rule) => rule(subject));
    return faults.some((fault) => fault instanceof Promise)
      ? Promise.all(faults).then(merged)
      : merged(faults);
  };
}

/** Each waits for so many milliseconds and goes on then: a fault of registry fronts and of CRI proxies alike. */
export const latency = (delayMs: number): { readonly delayMs: number } => ({ delayMs });

/** Each is taken and never answered, until whoever asks gives up: a fault of both as well. */
export const silence: { readonly isSilent: true } = { isSilent: true };
