import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parseAllDocuments, stringify } from "yaml";
import { environments } from "../chart/environments.ts";
import { chart } from "../chart/helm.ts";
import { runCommand } from "../run-command.ts";
import { type Conformance, type Finding, openConformance } from "./support/conformance.ts";
import { testCluster } from "./support/scene.ts";

/** As much of a DaemonSet as is broken here. */
interface DaemonSet {
  readonly kind: string;
  readonly spec: {
    selector?: unknown;
    readonly template: {
      readonly spec: {
        readonly initContainers: readonly [Record<string, unknown> & { resources: Resources }];
        terminationGracePeriodSeconds?: unknown;
        tolerations?: unknown;
      };
    };
  };
}

interface Resources {
  readonly requests: Record<string, unknown>;
}

/** What the test cluster's API server cannot know. */
const notKubernetes = "security.openshift.io/v1/SecurityContextConstraints";

describe("what Helm renders, hooks and tests included", () => {
  let conformance: Conformance;
  let defaults: string;
  before(async () => {
    conformance = await openConformance(testCluster());
    defaults = await rendered([]);
  });
  after(async () => {
    await conformance?.[Symbol.asyncDispose]();
  });

  for (const { name, flags } of environments) {
    it(`is what the API server knows, field by field, for the values of ${name}`, async (context) => {
      const yaml = await rendered(flags);
      const findings = conformance.findings(yaml, [notKubernetes]);
      assert.equal(findings.length, parseAllDocuments(yaml).length);
      assert.deepEqual(messagesIn(findings), []);
      const skipped = kindsSkipped(findings);
      for (const kind of skipped) assert.equal(kind, notKubernetes);
      context.diagnostic(`${findings.length} objects, of which skipped: ${skipped.join(", ") || "none"}`);
    });
  }

  it("has hooks among it", () => {
    assert.match(defaults, /^ +"?helm\.sh\/hook"?: "?test"?$/m);
    assert.match(defaults, /^ +"?helm\.sh\/hook"?: "?post-delete"?$/m);
  });

  it("is skipped for OpenShift's kind alone, which would be refused for want of a schema", async () => {
    const yaml = await rendered(["--set", "openshift.enabled=true"]);
    const findings = conformance.findings(yaml, [notKubernetes]);
    assert.deepEqual(messagesIn(findings), []);
    assert.deepEqual(kindsSkipped(findings), [notKubernetes]);
    assert.match(messagesIn(conformance.findings(yaml)).join(), /no schema found|could not find schema/);
  });

  const broken: Record<string, { readonly as: RegExp; readonly how: (daemonSet: DaemonSet) => void }> = {
    "a misspelt field": {
      as: /additional properties 'imagePullPolice' not allowed/,
      how: ({ spec }) => {
        spec.template.spec.initContainers[0].imagePullPolice = "Always";
      },
    },
    "a text in place of a number": {
      as: /terminationGracePeriodSeconds.*got string, want integer/,
      how: ({ spec }) => {
        spec.template.spec.terminationGracePeriodSeconds = "10";
      },
    },
    "a map in place of a list": {
      as: /tolerations.*got object, want array/,
      how: ({ spec }) => {
        spec.template.spec.tolerations = { operator: "Exists" };
      },
    },
    "what is no quantity": {
      as: /requests\/cpu.*does not match pattern/,
      how: ({ spec }) => {
        spec.template.spec.initContainers[0].resources.requests.cpu = "ten";
      },
    },
    "no value at all": {
      as: /image.*got null, want string/,
      how: ({ spec }) => {
        spec.template.spec.initContainers[0].image = null;
      },
    },
    "a required field that is missing": {
      as: /missing property 'selector'/,
      how: ({ spec }) => {
        delete spec.selector;
      },
    },
  };
  for (const [what, { as, how }] of Object.entries(broken)) {
    it(`would be refused with ${what}`, () => {
      const messages = messagesIn(conformance.findings(withDaemonSet(defaults, how)));
      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", as);
    });
  }

  it("would be refused with a field that is there twice", () => {
    const twice = defaults.replace(/^( *)revisionHistoryLimit: .*$/m, "$&\n$&");
    assert.notEqual(twice, defaults);
    assert.match(messagesIn(conformance.findings(twice)).join(), /revisionHistoryLimit/);
  });
});

async function rendered(flags: readonly string[]): Promise<string> {
  const env = { ...process.env, ...testCluster().environment };
  return (await runCommand("helm", ["template", "my-images", chart, ...flags], { env })).stdout;
}

/** The objects anew, after `how` has changed the DaemonSet among them. */
function withDaemonSet(yaml: string, how: (daemonSet: DaemonSet) => void): string {
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as { readonly kind: string });
  const daemonSet = objects.find(({ kind }) => kind === "DaemonSet");
  assert.ok(daemonSet !== undefined);
  how(daemonSet as DaemonSet);
  return objects.map((object) => stringify(object)).join("---\n");
}

function messagesIn(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ status }) => status !== "statusValid" && status !== "statusSkipped")
    .map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);
}

function kindsSkipped(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ status }) => status === "statusSkipped")
    .map(({ version, kind }) => `${version}/${kind}`);
}
