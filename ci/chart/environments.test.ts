import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { environments } from "./environments.ts";
import { chart, type Helm, type Manifest, render, runTool, template } from "./helm.ts";
import { kindsWithoutType, typeErrors } from "./manifest-types.ts";

const helms: readonly Helm[] = ["helm", "helm3"];

describe("the values files of environments", () => {
  it("are there for staging and for production", () => {
    const names = environments.map(({ name }) => name);
    for (const name of ["defaults", "staging", "production"]) assert.ok(names.includes(name), name);
  });

  it("are all that lies there", () => {
    assert.equal(environments.length, 1 + readdirSync(`${chart}/ci`).length);
  });
});

for (const { name, flags } of environments) {
  describe(`the chart with the values of ${name}`, () => {
    for (const helm of helms) {
      it(`passes the lint of ${helm}`, () => {
        const { status, stdout, stderr } = runTool(helm, ["lint", "--strict", chart, ...flags]);
        assert.equal(status, 0, stdout + stderr);
      });

      it(`is rendered twice to the same bytes by ${helm}`, () => {
        assert.equal(rendered(helm, flags), rendered(helm, flags));
      });
    }

    it("is rendered by Helm 3 as by Helm 4, empty lines apart, which only 4 puts between objects", () => {
      assert.deepEqual(documentsIn(rendered("helm3", flags)), documentsIn(rendered("helm", flags)));
    });

    it("has objects of the types that Kubernetes has", () => {
      assert.equal(typeErrors(render({ flags })), "");
    });

    it("has no object without such a type but OpenShift's", () => {
      for (const kind of kindsWithoutType(render({ flags }))) {
        assert.equal(kind, "security.openshift.io/v1 SecurityContextConstraints");
      }
    });
  });
}

describe("the chart without values", () => {
  it("renders one object of each kind, hooks left out", () => {
    const kinds = render()
      .filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] === undefined)
      .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    assert.deepEqual(kinds.sort(), [
      "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
      "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding",
      "apps/v1 DaemonSet",
      "rbac.authorization.k8s.io/v1 ClusterRole",
      "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
      "v1 ServiceAccount",
    ]);
  });

  it("renders objects of the same types where it has every credential", () => {
    const credentialProviders = { enabled: true, configFile: "/etc/config.yaml", binDir: "/opt/bin" };
    const secrets = ["team-a", { name: "team-b", optional: true }];
    assert.equal(typeErrors(render({ values: { pull: { secrets }, credentialProviders } })), "");
  });

  it("would be found out if it had a field that Kubernetes has not", () => {
    const [first, ...others] = render();
    assert.ok(first !== undefined);
    assert.match(typeErrors([{ ...first, automountToken: false } as Manifest, ...others]), /automountToken/);
  });
});

function rendered(helm: Helm, flags: readonly string[]): string {
  const { status, stdout, stderr } = template({ helm, flags });
  assert.equal(status, 0, stderr);
  return stdout;
}

function documentsIn(text: string): readonly string[] {
  return text.split(/^---\n/m).map((document) => document.trimEnd());
}
