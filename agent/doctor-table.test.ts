import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reportFrom } from "./doctor-report.ts";
import { tableFrom } from "./doctor-table.ts";
import { nodeFindings } from "./testing/node-findings.ts";

const about = { node: "node-1", daemonSet: "default/my-images-prefetcher" };
const well = reportFrom({ ...about, problems: [], log: JSON.stringify(nodeFindings()) });
const ill = reportFrom({
  ...about,
  problems: ["DaemonSet default/my-images-prefetcher has no pod on node node-1"],
  log: JSON.stringify(
    nodeFindings({
      runtime: { socket: "/run/crio/crio.sock", sockets: [], problem: "no runtime at /run/crio/crio.sock" },
      list: { entries: 4, pullPolicy: "Always", problem: "the list is of another revision" },
      images: [
        { image: "nginx", isRequired: true, state: "missing", credentials: [] },
        { image: "quay.io/x/y:1", isRequired: false, state: "unknown" },
        { image: "A!", isRequired: true, state: "invalid", message: "is no image reference" },
        { image: "quay.io/x/z:1", isRequired: true, state: "skipped" },
        {
          image: "quay.io/x/w:1",
          isRequired: true,
          state: "present",
          imageId: "sha256:f00",
          credentials: ["a", "b"],
        },
      ],
      disk: { freeBytes: 2 ** 30, totalBytes: 2 ** 34, minFreePercent: 0, isUnderDiskPressure: true },
      label: { key: "image-prefetcher.stackrox.io/my-images", problem: "no rights" },
    }),
  ),
});

const linesOf = (...args: Parameters<typeof tableFrom>) => tableFrom(...args).split("\n");

describe("tableFrom()", () => {
  it("prints one line a row where there is no terminal", () => {
    assert.deepEqual(linesOf(well, undefined), [
      "node node-1, as DaemonSet default/my-images-prefetcher would find it",
      "",
      "AGENT    1.2.3 on linux/amd64",
      "RUNTIME  containerd v2.4.2, CRI v1, at /run/containerd/containerd.sock",
      "LIST     1 entry, policy IfNotPresent, revision 1-0123456789ab",
      "LABEL    image-prefetcher.stackrox.io/my-images says succeeded, owner default/my-images, revision 1-0123456789ab; a dry run of the write was accepted",
      "DISK     50.0 GiB of 100.0 GiB free (50.0 %), pulls start from 20 % on",
      "",
      "IMAGE                            NEEDED    ON THE NODE            CREDENTIALS, IN ORDER",
      "registry.example.com/team/app:1  required  present, 0123456789ab  registry.example.com/team of pull secret team-a",
      "",
      "Nothing was found that would keep node node-1 from `succeeded`.",
      "",
    ]);
  });

  it("wraps what a terminal has no room for", () => {
    assert.deepEqual(linesOf(well, 80), [
      "node node-1, as DaemonSet default/my-images-prefetcher would find it",
      "",
      "AGENT    1.2.3 on linux/amd64",
      "RUNTIME  containerd v2.4.2, CRI v1, at /run/containerd/containerd.sock",
      "LIST     1 entry, policy IfNotPresent, revision 1-0123456789ab",
      "LABEL    image-prefetcher.stackrox.io/my-images says succeeded, owner",
      "         default/my-images, revision 1-0123456789ab; a dry run of the write",
      "         was accepted",
      "DISK     50.0 GiB of 100.0 GiB free (50.0 %), pulls start from 20 % on",
      "",
      "IMAGE                  NEEDED    ON THE NODE            CREDENTIALS, IN ORDER",
      "registry.example.com/  required  present, 0123456789ab  registry.example.com/t",
      "team/app:1                                              eam of pull secret",
      "                                                        team-a",
      "",
      "Nothing was found that would keep node node-1 from `succeeded`.",
      "",
    ]);
  });

  it("shows all that can be wrong", () => {
    assert.deepEqual(linesOf(ill, undefined), [
      "node node-1, as DaemonSet default/my-images-prefetcher would find it",
      "",
      "AGENT    1.2.3 on linux/amd64",
      "RUNTIME  none at /run/crio/crio.sock; no socket can be seen there",
      "LIST     4 entries, policy Always, revision unknown, which cannot be used",
      "LABEL    image-prefetcher.stackrox.io/my-images: the node could not be read",
      "DISK     1.0 GiB of 16.0 GiB free (6.2 %), no guard; DiskPressure",
      "",
      "IMAGE          NEEDED    ON THE NODE   CREDENTIALS, IN ORDER",
      "nginx          required  missing       none",
      "quay.io/x/y:1  optional  unknown       unknown",
      "A!             required  invalid",
      "quay.io/x/z:1  required  skipped",
      "quay.io/x/w:1  required  present, f00  a; b",
      "",
      "PROBLEM  DaemonSet default/my-images-prefetcher has no pod on node node-1",
      "PROBLEM  no runtime at /run/crio/crio.sock",
      "PROBLEM  the list is of another revision",
      "PROBLEM  no rights",
      "PROBLEM  A!: is no image reference",
      "NOTE     1 of the images is not here yet; no registry was asked whether a pull would succeed",
      "",
      "5 problems would keep node node-1 from `succeeded`.",
      "",
    ]);
  });

  it("shows what the doctor knows where the pod could not look", () => {
    const report = reportFrom({ ...about, problems: ["the pod does not start"] });
    assert.deepEqual(linesOf(report, 200), [
      "node node-1, as DaemonSet default/my-images-prefetcher would find it",
      "",
      "PROBLEM  the pod does not start",
      "",
      "1 problem would keep node node-1 from `succeeded`.",
      "",
    ]);
  });

  it("says that the write was refused, and by whose revision the label stands", () => {
    const label = { key: "k", value: "failed", owner: "a/b", isWritable: false, problem: "no" };
    const report = reportFrom({ ...about, problems: [], log: JSON.stringify(nodeFindings({ label })) });
    const lines = linesOf(report, undefined);
    assert.ok(
      lines.includes(
        "LABEL    k says failed, owner a/b, revision unknown; a dry run of the write was refused",
      ),
    );
    const { owner: _, value: _1, ...bare } = label;
    const unmarked = reportFrom({
      ...about,
      problems: [],
      log: JSON.stringify(nodeFindings({ label: bare })),
    });
    assert.ok(
      linesOf(unmarked, undefined).includes("LABEL    k is not there; a dry run of the write was refused"),
    );
  });

  it("has nothing in it that a terminal obeys, whoever wrote it", () => {
    const esc = "\u001b]0;x\u0007";
    const found = nodeFindings({
      agent: `1${esc}`,
      runtime: { socket: `/run/x${esc}`, sockets: [`/run/y${esc}`], problem: `no\nruntime${esc}` },
      images: [
        {
          image: `a${esc}`,
          isRequired: true,
          state: "present",
          imageId: `b${esc}`,
          credentials: [`c${esc}`],
        },
      ],
      label: { key: `d${esc}`, value: `e${esc}`, owner: `f${esc}`, isWritable: false },
      credentialProblems: [`g\r${esc}`],
    });
    const report = reportFrom({
      node: `n${esc}`,
      daemonSet: `s${esc}`,
      problems: ["one\ntwo"],
      log: JSON.stringify(found),
    });
    for (const width of [undefined, 80]) {
      const text = tableFrom(report, width);
      assert.doesNotMatch(text, /[^\P{Cc}\n]/u);
      assert.match(text, /^PROBLEM +one\\ntwo$/m);
      assert.match(text, /^NOTE +g\\r\\u001b\]0;x\\u0007$/m);
    }
    const lines = linesOf(report, undefined);
    assert.equal(lines[0], "node n\\u001b]0;x\\u0007, as DaemonSet s\\u001b]0;x\\u0007 would find it");
    assert.equal(lines.at(-2), "2 problems would keep node n\\u001b]0;x\\u0007 from `succeeded`.");
  });

  it("goes beyond a terminal that is too narrow for columns, rather than fail", () => {
    const longest = (width: number) => Math.max(...linesOf(ill, width).map((line) => line.length));
    assert.ok(longest(100) <= 100);
    assert.ok(longest(10) > 10);
  });
});
