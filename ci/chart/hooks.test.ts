import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Manifest, render } from "./helm.ts";

const everyHook = { cleanup: { orphans: true } };
const hookOf = ({ metadata }: Manifest) => metadata.annotations?.["helm.sh/hook"];
const isClusterScoped = ({ kind }: Manifest) => /^(Cluster|ValidatingAdmission)/.test(kind);
const nameOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;

describe("the hooks", () => {
  it("are objects for one event each, which is how Argo CD tells them apart", () => {
    const events = render({ values: everyHook }).map(hookOf);
    assert.deepEqual(new Set(events), new Set([undefined, "post-delete", "post-upgrade", "test"]));
  });

  it("share no object among them, nor with the release", () => {
    const names = render({ values: everyHook }).map(nameOf);
    assert.deepEqual([...new Set(names)], names);
  });

  // Helm removes what has a hook's name before it makes the hook, and never asks whose it is.
  for (const component of ["cleanup", "orphans", "test"]) {
    it(`have no name that an object of a release prefetcher-${component} beside them has`, () => {
      const namespaced = (fullnameOverride: string, instanceName: string) =>
        render({ values: { ...everyHook, fullnameOverride, instanceName } }).filter(
          (object) => !isClusterScoped(object),
        );
      const hooks = new Set(
        namespaced("prefetcher", "a")
          .filter((object) => hookOf(object) !== undefined)
          .map(nameOf),
      );
      assert.ok(hooks.has("Job/prefetcher-helm-cleanup"), [...hooks].join());
      const others = namespaced(`prefetcher-${component}`, "b").map(nameOf);
      assert.deepEqual(
        others.filter((name) => hooks.has(name)),
        [],
      );
    });
  }

  it("have no cluster-scoped name that another instance's objects have", () => {
    const clusterScoped = (instanceName: string) =>
      render({ values: { ...everyHook, instanceName } })
        .filter(isClusterScoped)
        .map(nameOf);
    const names = clusterScoped("held.Good_1");
    assert.equal(names.length, 14);
    for (const other of ["held.good_1", "held.Good_1-cleanup", "held.Good_1.orphans"])
      assert.deepEqual(
        clusterScoped(other).filter((name) => names.includes(name)),
        [],
      );
  });
});
