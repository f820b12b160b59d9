import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { copyChart } from "./chart-copy.ts";
import { chart, render, template } from "./helm.ts";

for (const helm of ["helm", "helm3"] as const) {
  describe(`the version of Kubernetes, for ${helm}`, () => {
    for (const version of ["1.30.0", "v1.30.5-gke.1", "1.36.3"]) {
      it(`may be ${version}`, () => {
        const { status, stderr } = template({ helm, flags: ["--kube-version", version] });
        assert.equal(status, 0, stderr);
      });
    }

    for (const version of ["1.29.9", "v1.29.9-gke.1"]) {
      it(`may not be older than 1.30, as ${version} is`, () => {
        const { status, stderr } = template({ helm, flags: ["--kube-version", version] });
        assert.notEqual(status, 0);
        assert.match(stderr, /chart requires kubeVersion: >=1\.30\.0-0/);
      });
    }
  });
}

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
