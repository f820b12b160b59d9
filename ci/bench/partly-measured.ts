import type { Section } from "./section.ts";

/** An area failed after some of it had been measured. */
export class PartlyMeasured extends Error {
  /** What had been measured by then. */
  readonly section: Section;
  /** Why there is no more of it. */
  readonly failure: Error;

  constructor(section: Section, failure: Error) {
    super(failure.message, { cause: failure });
    this.name = "PartlyMeasured";
    this.section = section;
    this.failure = failure;
  }
}
