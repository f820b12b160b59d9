import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chart, render, template } from "./helm.ts";

describe("the version of Kubernetes", () => {
  for (const version of ["1.30.0", "1.30.5-gke.1", "1.36.3"]) {
    it(`may be ${version}`, () => {
      assert.equal(template({ flags: ["--kube-version", version] }).status, 0);
    });
  }

  it("may not be older than 1.30", () => {
    const { status, stderr } = template({ flags: ["--kube-version", "1.29.9"] });
    assert.notEqual(status, 0);
    assert.match(stderr, /chart requires kubeVersion: >=1\.30\.0-0/);
  });
});

describe("another version of the chart", () => {
  it("alone changes no pod, which would restart it", () => {
    assert.deepEqual(podTemplate(chartWith(/^version: .*$/m, "version: 9.8.7")), podTemplate(chart));
  });

  it("changes the pods where it brings another agent", () => {
    assert.notDeepEqual(
      podTemplate(chartWith(/^appVersion: .*$/m, 'appVersion: "9.8.7"')),
      podTemplate(chart),
    );
  });
});

function podTemplate(folder: string): unknown {
  const daemonSet = render({ folder }).find(({ kind }) => kind === "DaemonSet");
  if (folder !== chart) rmSync(folder, { recursive: true });
  return (daemonSet as unknown as { spec: { template: unknown } }).spec.template;
}

/** A copy of the chart in a temporary folder, with one line of Chart.yaml replaced. */
function chartWith(line: RegExp, replacement: string): string {
  const folder = mkdtempSync(join(tmpdir(), "chart-"));
  cpSync(chart, folder, { recursive: true });
  const file = join(folder, "Chart.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(line, replacement));
  return folder;
}
