import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Helm, template } from "./helm.ts";

const helms: readonly Helm[] = ["helm", "helm3"];

describe("a value that was taken back by null", () => {
  for (const helm of helms) {
    // Each is the first value that another file of the chart reads: the rule has to come before all of them.
    for (const path of ["test", "serviceAccount", "pull", "cleanup", "admissionPolicy"]) {
      it(`is refused under its name by ${helm}: ${path}`, () => {
        const { status, stderr } = template({ helm, values: { [path]: null } });
        assert.notEqual(status, 0);
        assert.match(stderr, new RegExp(`: ${path}: null leaves nothing in place of the chart's default\\.`));
      });
    }

    it(`is dropped by ${helm} where it is one of the user's own texts`, () => {
      const values = { nodeSelector: { "example.com/former": null }, commonLabels: { former: null } };
      const { status, stdout, stderr } = template({ helm, values });
      assert.equal(status, 0, stderr);
      assert.doesNotMatch(stdout, /former/);
    });
  }
});
