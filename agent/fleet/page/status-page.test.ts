import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { madeUpNode, madeUpRelease, madeUpReport } from "../../testing/made-up-report.ts";
import { textIn } from "../../testing/page-parts.ts";
import type { ReportedNode } from "../fleet-report.ts";
import { askedPlainly } from "../status-asked.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { statusPageFrom } from "./status-page.ts";

const key = "image-prefetcher.stackrox.io/a";

const release = (nodes: readonly ReportedNode[], fields: Partial<ReleaseStatus> = {}) =>
  madeUpRelease({ nodes, ...fields });

const page = (releases: readonly ReleaseStatus[], rest: Partial<StatusReport> = {}) =>
  statusPageFrom(madeUpReport(releases, rest));

describe("statusPageFrom()", () => {
  it("allows its own style and script, by their hashes, and nothing else", () => {
    const html = page([]);
    const hashOf = (name: string) => {
      const [, source = ""] = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(html) ?? [];
      return `&#39;sha256-${createHash("sha256").update(source).digest("base64")}&#39;`;
    };
    const policy = [
      "default-src &#39;none&#39;",
      `style-src ${hashOf("style")}`,
      `script-src ${hashOf("script")}`,
      "base-uri &#39;none&#39;",
      "form-action &#39;none&#39;",
    ].join("; ");
    assert.ok(html.includes(`<meta http-equiv=Content-Security-Policy content="${policy}">`));
  });

  it("says when it was looked at, what at, and how it stands", () => {
    const wrong = release([madeUpNode("n1", { state: "failed" })], {
      problems: ["1 of 1 node does not say `succeeded`"],
    });
    const leftovers = [{ node: "n9", instance: "b", key, kind: "no-release" } as const];
    const html = page([release([madeUpNode("n1")]), wrong], {
      leftovers,
      takenAt: "2026-11-20T06:30:00.123Z",
    });
    assert.match(html, /<title>1 of 2 nodes succeeded · Prefetcher status<\/title>/);
    assert.match(html, /<time datetime="2026-11-20T06:30:00.123Z">2026-11-20 06:30:00 UTC<\/time>/);
    assert.match(textIn(html), /2 releases · 1 with problems · 1 leftover/);
    assert.match(textIn(html), /1 problem .*Problems 1 of 1 node does not say succeeded /);
    assert.match(textIn(page([release([])])), /1 release · nothing wrong/);
    assert.match(textIn(page([])), /Prefetcher status 0 releases 2026/);
    assert.match(html, /Made by <code>prefetcher status --html<\/code>, version \d/);
  });

  it("says since when changes are not heard of, and when it was written", () => {
    const html = page([release([madeUpNode("n1")])], { interruptedSince: "2026-11-20T06:27:01.000Z" });
    assert.match(html, /<p><em><time datetime="2026-11-20T06:27:01.000Z">2026-11-20 06:27:01 UTC<\/time>: /);
    assert.match(
      textIn(html),
      /2026-11-20 06:27:01 UTC\s*: not all changes are heard of since\s*; written 2026-11-20 06:30:00 UTC/,
    );
    assert.doesNotMatch(textIn(page([])), /heard of|written/);
  });

  it("says whose list it is, and what shows it again", () => {
    const plain = textIn(page([release([])]));
    assert.match(
      plain,
      /default\/a ✓ nothing wrong .*Label image-prefetcher.stackrox.io\/a Revision 1-0123456789ab DaemonSet a-prefetcher Mode once/,
    );
    assert.match(
      plain,
      /Look again: prefetcher status --namespace=default --release=a --instance=a --html=status.html/,
    );
    const other = release([], { instance: "a", release: "x'; reboot", minPercent: 95, mode: "keep" });
    assert.match(textIn(page([other])), /'--release=x'\\''; reboot' --instance=a --min-percent=95 --html/);
  });

  it("says the whole command, with what it was asked by", () => {
    const given = { context: "it's", revision: "1-ffffffffffff", includesNotReady: true };
    const asked = { ...askedPlainly, program: "kubectl prefetcher", ...given };
    const html = statusPageFrom(madeUpReport([release([])]), asked);
    assert.match(
      textIn(html),
      /Look again: kubectl prefetcher status '--context=it'\\''s' --namespace=default --release=a --instance=a --revision=1-ffffffffffff --include-not-ready --html=status.html/,
    );
    assert.match(html, /Made by <code>kubectl prefetcher status --html<\/code>/);
  });

  it("says where no release was found", () => {
    const found = textIn(statusPageFrom(madeUpReport([]), { ...askedPlainly, namespace: "ns" }));
    assert.match(
      found,
      /there is no release of this chart in namespace ns; --all-namespaces looks everywhere\./,
    );
    assert.doesNotMatch(textIn(page([release([])])), /there is no release/);
  });

  it("has notes of the whole and of a release, and a box for each state that is there", () => {
    const html = page(
      [release([madeUpNode("n1"), madeUpNode("n2", { state: "failed" })], { notes: ["of `it"] })],
      {
        notes: ["of all"],
      },
    );
    assert.match(html, /<div class=notes><h2>Notes<\/h2><ul><li>of all<\/ul>/);
    assert.match(html, /<div class=notes><h3>Notes<\/h3><ul><li>of `it<\/ul>/);
    assert.deepEqual(
      [...html.matchAll(/type=checkbox value=(\S+)>/g)].map(([, state]) => state),
      ["failed", "succeeded"],
    );
  });

  it("escapes what a cluster says, wherever it stands", () => {
    const evil = '</script><img src=x onerror="a">';
    const hostile = release(
      [
        madeUpNode(evil, {
          state: "failed",
          why: evil,
          revision: evil,
          failed: [{ image: evil, reason: evil }],
        }),
      ],
      {
        release: evil,
        namespace: evil,
        daemonSet: evil,
        key: evil,
        instance: evil,
        revision: evil,
        problems: [evil],
        notes: [evil],
      },
    );
    const leftovers = [
      { node: evil, instance: evil, key: evil, label: evil, owner: evil, kind: "unowned" } as const,
    ];
    const html = page([hostile], { leftovers, notes: [evil], takenAt: evil });
    assert.equal(html.match(/<\/script>/g)?.length, 1);
    assert.ok(!html.includes("<img"));
    assert.ok(!html.includes('onerror="'));
  });

  it("has 5,000 nodes in less than 2 MB, even where each has a reason of its own", () => {
    const failed = Array.from({ length: 4 }, (_, index) => ({
      image: `${"i".repeat(60)}${index}`,
      reason: "not_found",
    }));
    const nodes = Array.from({ length: 5_000 }, (_, index) =>
      madeUpNode(`ip-10-0-17-224.eu-central-1.compute.internal-${index}`, {
        state: "failed",
        failed,
        why: `${index}${"w".repeat(100)}`,
        present: 1,
        entries: 20,
      }),
    );
    assert.ok(Buffer.byteLength(page([release(nodes)])) < 2e6);
  });
});
