import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { root } from "../root.ts";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** What axe finds wrong with the page by WCAG 2.1 AA and its best practices, one line an element. */
export async function axeViolationsOf(page: Page): Promise<readonly string[]> {
  const source = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  const asked = { runOnly: rules, resultTypes: ["violations"] };
  const results = (await page.evaluate(`axe.run(${JSON.stringify(asked)})`)) as AxeResults;
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 200)} ${failureSummary}`),
  );
}
