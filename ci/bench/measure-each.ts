import { PartlyMeasured } from "./partly-measured.ts";
import type { Section } from "./section.ts";

/**
 * The section of what measuring each of `parts`, one after the other, has come to. Where one of them fails nothing comes after it: throws
 * PartlyMeasured with the section of those before, or where there are none what that one threw.
 */
export async function measureEach<Part, Result>(
  parts: readonly Part[],
  measure: (part: Part) => Promise<Result>,
  sectionOf: (results: readonly Result[]) => Section,
): Promise<Section> {
  const results: Result[] = [];
  for (const part of parts) {
    try {
      results.push(await measure(part));
    } catch (error) {
      throw results.length === 0 ? error : new PartlyMeasured(sectionOf(results), error as Error);
    }
  }
  return sectionOf(results);
}
