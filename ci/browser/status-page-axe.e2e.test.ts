import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statusPageFrom } from "../../agent/fleet/page/status-page.ts";
import { madeUpReport } from "../../agent/testing/made-up-report.ts";
import { axeViolationsOf } from "./axe.ts";
import { everyState } from "./every-state.ts";
import { exampleReport } from "./example-report.ts";
import { withPage } from "./open-page.ts";
import { sharedBrowser } from "./shared-browser.ts";

const script = /<script>[\s\S]*<\/script>/;
const example = statusPageFrom(exampleReport);
const all = statusPageFrom(everyState);

describe("the status page by axe's rules", () => {
  const browser = sharedBrowser();

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [320, 1_280]) {
      const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
      it(`keeps them in ${colorScheme} at ${width} px, with its script and without`, async () => {
        // axe is a script itself, so the page's own is taken out of it.
        for (const html of [all, all.replace(script, "")]) {
          const found = await withPage(browser(), html, options, ({ page }) => axeViolationsOf(page));
          assert.deepEqual(found, []);
        }
      });
    }
  }

  it("keeps them with nothing to show", () =>
    withPage(browser(), statusPageFrom(madeUpReport([])), { bypassCSP: true }, async ({ page }) =>
      assert.deepEqual(await axeViolationsOf(page), []),
    ));

  it("keeps them with details open, of a node with a cause and of one without", async () => {
    for (const state of ["failed", "succeeded"]) {
      const found = await withPage(browser(), example, { bypassCSP: true }, async ({ page }) => {
        await page.locator(`.cells a.${state}`).first().click();
        return axeViolationsOf(page);
      });
      assert.deepEqual(found, []);
    }
  });

  const faults: readonly [rule: string, what: string, fault: (html: string) => string][] = [
    ["color-contrast", "pale text", (html) => html.replace("--muted:#545d69", "--muted:#b4bdc9")],
    ["link-name", "cells without names", (html) => html.replaceAll(/ aria-label="node [^"]*"/g, ' title=""')],
    ["html-has-lang", "a page without a language", (html) => html.replace("<html lang=en>", "<html>")],
  ];
  for (const [rule, what, fault] of faults) {
    it(`would find ${what}`, async () => {
      const html = fault(example).replaceAll(/>[✕✓OW–]<\/a>/g, rule === "link-name" ? "></a>" : "$&");
      const found = await withPage(browser(), html, { bypassCSP: true }, ({ page }) => axeViolationsOf(page));
      assert.ok(
        found.some((line) => line.startsWith(rule)),
        found.join("\n"),
      );
    });
  }
});
