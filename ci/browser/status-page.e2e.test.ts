import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { statusPageFrom } from "../../agent/fleet/page/status-page.ts";
import { madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";
import { visible } from "../../agent/visible.ts";
import { exampleReport } from "./example-report.ts";
import { hostileReport, hostileTexts } from "./hostile-report.ts";
import { withPage } from "./open-page.ts";
import { sharedBrowser } from "./shared-browser.ts";
import { names, nodeNamed } from "./status-fixture.ts";

const example = statusPageFrom(exampleReport);
const narrow = { viewport: { width: 320, height: 640 } };

describe("the status page in a browser", () => {
  const browser = sharedBrowser();

  it("asks for nothing, and its policy refuses nothing of it", () =>
    withPage(browser(), example, {}, async ({ page, requests, complaints }) => {
      await page.locator(".cells a").first().click();
      assert.equal(await page.locator("#panel").isVisible(), true);
      assert.deepEqual({ requests, complaints }, { requests: [], complaints: [] });
    }));

  it("would have its policy refuse an image, a style and a script of somebody else's", async () => {
    const foreign = [
      "<img src=http://127.0.0.1:9/x.png>",
      "<p style=color:red>",
      "<script>window.hacked=1</script>",
      "<p onclick=window.hacked=1>",
    ];
    for (const part of foreign) {
      const html = example.replace("<main", () => `${part}<main`);
      await withPage(browser(), html, {}, async ({ page, complaints }) => {
        assert.equal(complaints.length, 1, part);
        assert.match(complaints[0] ?? "", /Content Security Policy/);
        assert.equal(await page.evaluate("window.hacked"), undefined);
      });
    }
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`is as wide as a narrow screen ${javaScriptEnabled ? "with" : "without"} its script, hostile texts or not`, async () => {
      for (const html of [example, statusPageFrom(hostileReport())]) {
        await withPage(browser(), html, { ...narrow, javaScriptEnabled }, async ({ page }) => {
          const width = await page.evaluate("document.documentElement.scrollWidth");
          assert.equal(width, 320);
        });
      }
    });
  }

  it("tells all without its script, and shows no control that would do nothing", () =>
    withPage(browser(), example, { javaScriptEnabled: false }, async ({ page }) => {
      const text = await shownText(page);
      for (const part of [
        "pool-b-61c2-08",
        "registry.example.com/shop/checkout:2.14.1",
        "not_found",
        "1-0123456789ab",
      ])
        assert.ok(text.includes(part), part);
      assert.equal(await page.locator("#filter").isVisible(), false);
      assert.equal(await page.locator("#panel").isVisible(), false);
      await page.locator(".cells a").first().focus();
      assert.equal(await page.locator(".cells a:focus-visible").count(), 1);
      await page.keyboard.press("Enter");
      assert.equal(await page.locator(":target.cause").count(), 1);
    }));

  it("says under a cell that is pointed at which node it is", () =>
    withPage(browser(), example, { javaScriptEnabled: false }, async ({ page }) => {
      await page.locator(".cells a").first().hover();
      const said = await page.evaluate(
        "getComputedStyle(document.querySelector('.cells a'), '::after').content",
      );
      assert.match(String(said), /node pool-a-7d9f-05: failed, not_found/);
    }));

  it("is dark where the reader's screen is", async () => {
    const background = (colorScheme: "light" | "dark") =>
      withPage(browser(), example, { colorScheme }, ({ page }) =>
        page.evaluate<string>("getComputedStyle(document.body).backgroundColor"),
      );
    assert.equal(await background("light"), "rgb(255, 255, 255)");
    assert.equal(await background("dark"), "rgb(14, 17, 22)");
  });

  it("moves nothing where the reader wants no motion", async () => {
    const animation = (reducedMotion: "reduce" | "no-preference") =>
      withPage(browser(), example, { reducedMotion }, ({ page }) =>
        page.evaluate<string>("getComputedStyle(document.querySelector('#panel')).animationName"),
      );
    assert.equal(await animation("reduce"), "none");
    assert.equal(await animation("no-preference"), "up");
  });

  it("prints neither filter nor details, and all names", () =>
    withPage(browser(), statusPageFrom(fleetOf(40)), {}, async ({ page }) => {
      const last = page.locator("details bdi").last();
      assert.equal(await last.isVisible(), false);
      await page.emulateMedia({ media: "print" });
      assert.equal(await last.isVisible(), true);
      assert.equal(await page.locator("#filter").isVisible(), false);
    }));
});

describe("the status page of a hostile cluster", () => {
  const browser = sharedBrowser();

  it("shows hostile texts and runs none of them, even without its policy", () =>
    // It is the page itself that is tested, not the policy behind it.
    withPage(browser(), statusPageFrom(hostileReport()), { bypassCSP: true }, async ({ page, requests }) => {
      const cells = page.locator(".cells a");
      for (let index = 0; index < hostileTexts.length + 1; index += 1) {
        await cells.nth(index).click();
        await page.locator("#panel button").click();
      }
      const text = await shownText(page);
      for (const hostile of hostileTexts) assert.ok(text.includes(visible(hostile).trim()), hostile);
      assert.equal(await page.evaluate("window.hacked"), undefined);
      assert.equal(await page.locator("script").count(), 1);
      assert.equal(
        await page.locator("img, svg[onload], [onfocus], [onerror], [onclick], a[href^=javascript]").count(),
        0,
      );
      assert.deepEqual(requests, []);
    }));

  it("names a node as what it is, though its name turns the direction of writing", () => {
    const nodes = [
      nodeNamed("\u202egnihtyna", { state: "failed" }),
      nodeNamed("\u05d0\u05d1", { state: "failed" }),
    ];
    const html = statusPageFrom(madeUpReport([madeUpRelease({ namespace: "a", release: "b", nodes })]));
    return withPage(browser(), html, {}, async ({ page }) => {
      assert.equal(await page.locator(".names").textContent(), "\\u202egnihtyna, \u05d0\u05d1");
      assert.equal(
        await page.locator(".cells a").first().getAttribute("aria-label"),
        "node \\u202egnihtyna: failed",
      );
    });
  });
});

describe("the status page of 5,000 nodes", () => {
  const browser = sharedBrowser();

  it("is at most 2 MB, and opens and answers", async () => {
    const html = statusPageFrom(fleetOf(5_000));
    const bytes = Buffer.byteLength(html);
    assert.ok(bytes <= 2e6, `${bytes} bytes`);
    const startedMs = performance.now();
    await withPage(browser(), html, {}, async ({ page, complaints }) => {
      const openMs = performance.now() - startedMs;
      assert.equal(await page.locator("output").textContent(), "5000 of 5000 nodes");
      const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
      assert.ok(elements < 20_000, `${elements} elements`);
      await page.mouse.wheel(0, 20_000);
      const searchedMs = performance.now();
      await page.locator("[type=search]").fill("node-4999");
      await page.locator("output", { hasText: "1 of 5000 nodes" }).waitFor();
      const searchMs = performance.now() - searchedMs;
      const heap = await page.evaluate<number>("performance.memory.usedJSHeapSize");
      assert.ok(heap < 100e6, `${heap} bytes of heap`);
      assert.deepEqual(complaints, []);
      console.log(
        `5,000 nodes: ${(bytes / 1e6).toFixed(2)} MB, ${elements} elements, opened in ${openMs.toFixed(0)} ms, filtered in ${searchMs.toFixed(0)} ms, ${(heap / 1e6).toFixed(1)} MB of heap`,
      );
    });
  });
});

async function shownText(page: Page): Promise<string> {
  const text = (await page.locator("header, main").allTextContents()).join(" ");
  return text.replaceAll(/\s+/g, " ");
}

function fleetOf(count: number) {
  const failed = [{ image: "registry.example.com/shop/checkout:2.14.1", reason: "not_found" }];
  const nodes = names("ip-10-0-17-224.eu-central-1.node", count).map((name, index) =>
    nodeNamed(name, index % 2 === 0 ? { state: "failed", failed } : {}),
  );
  return madeUpReport([madeUpRelease({ namespace: "shop", release: "shop-images", nodes })]);
}
