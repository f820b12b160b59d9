import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { copyChart } from "./chart-copy.ts";
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
  it("alone changes no pod, which would restart it", async () => {
    await using copy = await copyChart("version", "9.8.7");
    assert.deepEqual(podTemplate(copy.folder), podTemplate(chart));
  });

  it("changes the pods where it brings another agent", async () => {
    await using copy = await copyChart("appVersion", "9.8.7");
    assert.notDeepEqual(podTemplate(copy.folder), podTemplate(chart));
  });
});

function podTemplate(folder: string): unknown {
  const daemonSet = render({ folder }).find(({ kind }) => kind === "DaemonSet");
  return (daemonSet as unknown as { spec: { template: unknown } }).spec.template;
}
