import type { TestEvent } from "node:test/reporters";

/** A reporter for node's test runner that writes one line of JSON at the end: `{"passed":1,"failed":0,"skipped":0}`. */
export default async function* totals(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counted = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of events) {
    // The whole run's summary has no file; each file has one of its own before.
    if (event.type !== "test:summary" || event.data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = event.data.counts;
    counted.passed = passed;
    // Failed and cancelled; the runner names no count for the failed ones alone.
    counted.failed = tests - passed - skipped - todo;
    counted.skipped = skipped + todo;
  }
  yield `${JSON.stringify(counted)}\n`;
}
