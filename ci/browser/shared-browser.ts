import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { withBrowser } from "./browser.ts";

/** One browser for all tests of a `describe`: it is there while they run, and ends with them. */
export function sharedBrowser(): () => Browser {
  const told = Promise.withResolvers<void>();
  let ended: Promise<void> | undefined;
  let browser: Browser | undefined;
  before(async () => {
    await new Promise<void>((resolve, reject) => {
      ended = withBrowser(async (opened) => {
        browser = opened;
        resolve();
        await told.promise;
      });
      ended.catch(reject);
    });
  });
  after(async () => {
    told.resolve();
    await ended;
  });
  return () => {
    if (browser === undefined) throw new Error("there is a browser only while tests run");
    return browser;
  };
}
