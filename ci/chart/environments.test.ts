import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { chart, render, runTool } from "./helm.ts";
import { typeErrors } from "./manifest-types.ts";

const suffix = "-values.yaml";
const environments = readdirSync(`${chart}/ci`).filter((file) => file.endsWith(suffix));

describe("an environment's values file", () => {
  it("is there for staging and for production", () => {
    assert.deepEqual(environments.sort(), [`production${suffix}`, `staging${suffix}`]);
  });

  for (const file of environments) {
    it(`passes helm lint: ${file}`, () => {
      const { status, stdout, stderr } = runTool("helm", [
        "lint",
        "--strict",
        chart,
        "--values",
        `${chart}/ci/${file}`,
      ]);
      assert.equal(status, 0, stdout + stderr);
    });

    it(`renders objects of the types that Kubernetes has: ${file}`, () => {
      assert.equal(typeErrors(render({ flags: ["--values", `${chart}/ci/${file}`] })), "");
    });
  }
});

describe("the chart without values", () => {
  it("passes helm lint", () => {
    const { status, stdout, stderr } = runTool("helm", ["lint", "--strict", chart]);
    assert.equal(status, 0, stdout + stderr);
  });

  it("renders one object of each kind, of the types that Kubernetes has", () => {
    const manifests = render();
    // client-node's types leave out nothing but these two, which it knows from the class.
    assert.deepEqual(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).sort(), [
      "apps/v1 DaemonSet",
      "rbac.authorization.k8s.io/v1 ClusterRole",
      "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
      "v1 ServiceAccount",
    ]);
    assert.equal(typeErrors(manifests), "");
  });

  it("renders objects of the same types where it has every credential", () => {
    const credentialProviders = { enabled: true, configFile: "/etc/config.yaml", binDir: "/opt/bin" };
    const secrets = ["team-a", { name: "team-b", optional: true }];
    assert.equal(typeErrors(render({ values: { pull: { secrets }, credentialProviders } })), "");
  });

  it("would be found out if it had a field that Kubernetes has not", () => {
    const [first, ...others] = render();
    assert.ok(first !== undefined);
    assert.match(
      typeErrors([{ ...first, automountToken: false } as typeof first, ...others]),
      /automountToken/,
    );
  });
});
