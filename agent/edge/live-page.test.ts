import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askedPlainly } from "../fleet/status-asked.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { madeUpNode, madeUpRelease, madeUpReport } from "../testing/made-up-report.ts";
import { textIn } from "../testing/page-parts.ts";
import { createLivePage } from "./live-page.ts";

const report = madeUpReport([madeUpRelease({ nodes: [madeUpNode("n1")] })], {
  takenAt: "2026-01-02T03:04:05Z",
});

describe("createLivePage()", () => {
  it("is each report, and each minute the last one again with the time of then", async () => {
    const clock = createFakeClock();
    const times: (string | undefined)[] = [];
    const offer = (text: () => string) => void times.push(/datetime="([^"]*)"/.exec(text())?.[1]);
    const page = createLivePage({ offer }, askedPlainly, clock);
    page.show(report);
    await clock.advance(40_000);
    page.show({ ...report, takenAt: "2026-01-02T03:04:45Z" });
    await clock.advance(125_000);
    assert.deepEqual(times, [
      "2026-01-02T03:04:05Z",
      "2026-01-02T03:04:45Z",
      "2026-01-02T03:05:45.000Z",
      "2026-01-02T03:06:45.000Z",
    ]);
    page[Symbol.dispose]();
    assert.equal(clock.pendingCount(), 0);
  });

  it("does not pass off as new what changes are not heard of for, and says that somebody still looks", async () => {
    const clock = createFakeClock();
    clock.setDate(new Date("2026-01-02T03:04:05Z"));
    const pages: string[] = [];
    using page = createLivePage({ offer: (text) => void pages.push(textIn(text())) }, askedPlainly, clock);
    page.show({ ...report, interruptedSince: "2026-01-02T03:04:05.000Z" });
    await clock.advance(120_000);
    const said =
      /2026-01-02 03:04:05 UTC\s*: not all changes are heard of since\s*; written 2026-01-02 (\S+) UTC/;
    assert.deepEqual(
      pages.map((text) => said.exec(text)?.[1]),
      ["03:04:05", "03:05:05", "03:06:05"],
    );
  });

  it("says what was asked", () => {
    let html = "";
    const offer = (text: () => string) => {
      html = text();
    };
    using page = createLivePage({ offer }, { ...askedPlainly, context: "c" }, createFakeClock());
    page.show(report);
    assert.match(textIn(html), /Look again: prefetcher status --context=c /);
  });
});
