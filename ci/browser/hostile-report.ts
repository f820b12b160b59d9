import type { StatusReport } from "../../agent/fleet/status-report.ts";
import { madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";
import { nodeNamed } from "./status-fixture.ts";

/** Texts that would be obeyed where they are put into a page as they are: each sets `window.hacked`. */
export const hostileTexts: readonly string[] = [
  "</script><script>window.hacked=1</script>",
  "</style></title><svg onload=window.hacked=1>",
  '"><img src=x onerror=window.hacked=1>',
  "' autofocus onfocus='window.hacked=1",
  " tabindex=0 autofocus onfocus=window.hacked=1 ",
  "--><script>window.hacked=1</script><!--",
  "javascript:window.hacked=1",
  "&lt;img src=x onerror=window.hacked=1&gt;",
  `$${"{window.hacked=1}"}\`window.hacked=1\``,
];

/** A report in which every text that a cluster gives is hostile. */
export function hostileReport(): StatusReport {
  const nodes = hostileTexts.map((text, index) =>
    nodeNamed(`${index}${text}`, {
      state: index % 2 === 0 ? "failed" : "unowned",
      why: text,
      revision: text,
      finishedAt: text,
      failed: [{ image: text, reason: text }],
    }),
  );
  const releases = hostileTexts.map((text) =>
    madeUpRelease({
      namespace: text,
      release: text,
      daemonSet: text,
      instance: text,
      key: text,
      revision: text,
      nodes: [...nodes, nodeNamed(text)],
      problems: [text],
      notes: [text],
    }),
  );
  const leftovers = hostileTexts.map(
    (text) => ({ node: text, instance: text, key: text, label: text, owner: text, kind: "unowned" }) as const,
  );
  return madeUpReport(releases, { takenAt: hostileTexts[2] ?? "", leftovers, notes: hostileTexts });
}
