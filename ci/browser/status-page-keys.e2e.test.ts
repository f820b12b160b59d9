import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { statusPageFrom } from "../../agent/fleet/page/status-page.ts";
import { exampleReport } from "./example-report.ts";
import { withPage } from "./open-page.ts";
import { sharedBrowser } from "./shared-browser.ts";

const example = statusPageFrom(exampleReport);

describe("the status page by keyboard", () => {
  const browser = sharedBrowser();
  const withExample = (use: (page: Page) => Promise<void>) =>
    withPage(browser(), example, { viewport: { width: 800, height: 600 } }, ({ page }) => use(page));

  it("has one stop of Tab for all nodes of a release, and each node by the arrow keys", () =>
    withExample(async (page) => {
      assert.equal(await page.locator(".cells a[tabindex='0']").count(), 2);
      await page.locator(".cells a").first().focus();
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip 16 nodes");
      await page.locator(".cells a").first().focus();
      const seen = [await focused(page)];
      for (let index = 1; index < 44; index += 1) {
        await page.keyboard.press("ArrowRight");
        seen.push(await focused(page));
      }
      assert.equal(new Set(seen).size, 44);
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(page), seen.at(-1));
      for (let index = 1; index < 44; index += 1) await page.keyboard.press("ArrowLeft");
      assert.equal(await focused(page), seen[0]);
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), seen[0]);
    }));

  it("moves to the row below and above, where the cells stand", () =>
    withExample(async (page) => {
      await page.locator(".cells a.failed").nth(2).focus();
      await page.keyboard.press("ArrowDown");
      assert.equal(
        await focused(page),
        "node pool-b-61c2-15: outdated, the label says succeeded of revision 1-09be77c1a4d2; its pod is being deleted",
      );
      await page.keyboard.press("ArrowDown");
      assert.match(await focused(page), /^node pool-c-0e4a-02: working/);
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      assert.match(await focused(page), /^node pool-a-7d9f-11: failed/);
    }));

  it("moves to the first and to the last node of the release", () =>
    withExample(async (page) => {
      await page.locator(".cells a").nth(9).focus();
      await page.keyboard.press("End");
      assert.match(await focused(page), /^node pool-c-0e4a-09: failed, not_found, not Ready$/);
      await page.keyboard.press("Home");
      assert.match(await focused(page), /^node pool-a-7d9f-05/);
    }));

  for (const key of ["Enter", " "]) {
    for (const end of ["Escape", "Enter"]) {
      it(`opens details by ${JSON.stringify(key)} and closes them by ${end}, where the focus was`, () =>
        withExample(async (page) => {
          await page.locator(".cells a").nth(3).focus();
          await page.keyboard.press(key);
          const panel = page.getByRole("dialog", { name: "pool-b-61c2-08: failed, not_found, no_space" });
          const text = await panel.textContent();
          for (const part of [
            "17 of 20 images",
            "registry.example.com/shop/search:8.0.3 no_space",
            "and 1 image more",
          ])
            assert.ok(text?.includes(part), part);
          assert.equal(await page.evaluate("document.activeElement.textContent"), "Close");
          await page.keyboard.press(end);
          assert.equal(await panel.isVisible(), false);
          assert.match(await focused(page), /^node pool-b-61c2-08/);
        }));
    }
  }

  it("says of a node that succeeded what that means, and when it did", () =>
    withExample(async (page) => {
      await page.locator(".cells a.succeeded").first().click();
      assert.equal(
        await page.locator("#panel").textContent(),
        "Closepool-a-7d9f-01: succeeded20 of 20 images, 2026-11-20T06:14:09ZEvery required image is on the node.",
      );
    }));

  it("leaves a click with Ctrl, and keys with Alt, to the browser", () =>
    withExample(async (page) => {
      await page.locator(".cells a").first().focus();
      await page.keyboard.press("Alt+ArrowDown");
      assert.match(await focused(page), /^node pool-a-7d9f-05/);
      await page
        .locator(".cells a")
        .first()
        .click({ modifiers: ["Shift"] });
      assert.equal(await page.locator("#panel").isVisible(), false);
    }));

  it("shows where the focus is", () =>
    withExample(async (page) => {
      for (const part of [".cells a", "[type=search]", "[type=checkbox]"]) {
        await page.locator(part).first().focus();
        await page.keyboard.press("Shift");
        const outline = await page.evaluate("getComputedStyle(document.activeElement).outline");
        assert.match(String(outline), / solid 2px$/, part);
      }
    }));

  it("skips to the releases, and past a release's nodes", () =>
    withExample(async (page) => {
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip to the releases");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip 44 nodes");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip 16 nodes");
    }));

  it("takes the line about a node away on Escape, until the focus moves", () =>
    withExample(async (page) => {
      await page.locator(".cells a").first().focus();
      await page.keyboard.press("ArrowRight");
      const line = "getComputedStyle(document.activeElement, '::after').display";
      assert.equal(await page.evaluate(line), "block");
      await page.keyboard.press("Escape");
      assert.equal(await page.evaluate(line), "none");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.evaluate(line), "block");
    }));
});

describe("the status page's filter", () => {
  const browser = sharedBrowser();
  const withExample = (use: (page: Page) => Promise<void>) =>
    withPage(browser(), example, {}, ({ page }) => use(page));
  const shown = async (page: Page) => ({
    said: await page.locator("output").textContent(),
    nodes: await page.locator(".cells a:visible").count(),
    causes: await page.locator(".release .cause:visible").count(),
    groups: await page.locator(".group:visible").count(),
  });

  it("shows all nodes at first", () =>
    withExample(async (page) =>
      assert.deepEqual(await shown(page), { said: "60 of 60 nodes", nodes: 60, causes: 5, groups: 7 }),
    ));

  it("shows only nodes of a chosen state, of several, and all again", () =>
    withExample(async (page) => {
      await page.getByRole("checkbox", { name: "failed" }).check();
      assert.deepEqual(await shown(page), { said: "5 of 60 nodes", nodes: 5, causes: 2, groups: 2 });
      await page.getByRole("checkbox", { name: "outdated" }).check();
      assert.deepEqual(await shown(page), { said: "7 of 60 nodes", nodes: 7, causes: 3, groups: 3 });
      await page.getByRole("checkbox", { name: "failed" }).uncheck();
      await page.getByRole("checkbox", { name: "outdated" }).uncheck();
      assert.equal((await shown(page)).nodes, 60);
    }));

  it("shows only nodes whose name or reason has the text, in whatever case", () =>
    withExample(async (page) => {
      await page.getByRole("searchbox").fill("GPU-L4-9b3d-1");
      assert.deepEqual(await shown(page), { said: "5 of 60 nodes", nodes: 5, causes: 0, groups: 1 });
      await page.getByRole("searchbox").fill("no_space");
      assert.deepEqual(await shown(page), { said: "1 of 60 nodes", nodes: 1, causes: 1, groups: 1 });
      await page.getByRole("searchbox").fill("nowhere");
      assert.deepEqual(await shown(page), { said: "0 of 60 nodes", nodes: 0, causes: 0, groups: 0 });
    }));

  it("leaves the arrow keys to the nodes that are shown", () =>
    withExample(async (page) => {
      await page.getByRole("searchbox").fill("pool-b-61c2-1");
      assert.equal(await page.locator(".cells a[tabindex='0']:visible").count(), 1);
      await page.locator(".cells a[tabindex='0']:visible").focus();
      const seen = new Set([await focused(page)]);
      for (let index = 0; index < 10; index += 1) {
        await page.keyboard.press("ArrowRight");
        seen.add(await focused(page));
      }
      assert.equal(seen.size, 7);
    }));

  it("does nothing where Enter is pressed in it", () =>
    withExample(async (page) => {
      await page.getByRole("searchbox").fill("gpu");
      await page.keyboard.press("Enter");
      assert.equal((await shown(page)).nodes, 14);
    }));
});

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.getAttribute('aria-label')");
}
