import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StatusSettings } from "../settings.ts";
import { statusSettings } from "../status-flags.ts";
import { fleetDaemonSetOf } from "../testing/fake-fleet-api.ts";
import { fleetState, releaseState } from "../testing/status-world.ts";
import { scopeFrom, targetProblem } from "./status-target.ts";

const plain = statusSettings({});
const scopeOf = (changed: Partial<StatusSettings>) => scopeFrom({ ...plain, ...changed }, "context");

describe("scopeFrom()", () => {
  it("is the context's namespace, the one that is named, or all", () => {
    const whole = { release: undefined, instance: undefined };
    assert.deepEqual(scopeOf({}), { namespace: "context", ...whole });
    assert.deepEqual(scopeOf({ namespace: "ns" }), { namespace: "ns", ...whole });
    assert.deepEqual(scopeOf({ includesAllNamespaces: true }), { namespace: undefined, ...whole });
  });

  it("has release and instance", () =>
    assert.deepEqual(scopeOf({ release: "r", instance: "i" }), {
      namespace: "context",
      release: "r",
      instance: "i",
    }));
});

describe("targetProblem()", () => {
  const problem = (changed: Partial<StatusSettings>, ...releases: readonly string[]) =>
    targetProblem(
      fleetState(
        [],
        releases.map((release) => releaseState(release, [])),
      ),
      { ...plain, ...changed },
      scopeOf(changed),
    );
  const none = (which: string) =>
    `there is no DaemonSet of this chart ${which}; --namespace, --release and --instance name another`;

  it("has none where nothing is there, and nothing was named", () => {
    assert.equal(problem({}), undefined);
    assert.equal(problem({ watches: true }), undefined);
  });

  it("has one where what was named is not there", () => {
    assert.equal(problem({ release: "r" }), none("of release r in namespace context"));
    assert.equal(
      problem({ instance: "i", includesAllNamespaces: true }),
      none("with --instance=i in any namespace"),
    );
    assert.equal(
      problem({ release: "r", instance: "i" }),
      none("of release r with --instance=i in namespace context"),
    );
  });

  it("has one where there is nothing to wait for, or whose revision were asked for", () => {
    assert.equal(problem({ waits: true }), none("in namespace context"));
    assert.equal(problem({ revision: "1-0123456789ab" }), none("in namespace context"));
  });

  it("has none where something is there", () => {
    assert.equal(problem({ release: "b", instance: "b", waits: true }, "b", "a"), undefined);
    assert.equal(problem({ revision: "1-0123456789ab" }, "b"), undefined);
  });

  it("counts those whose pods are not known yet", () => {
    const pendingOf = (...names: readonly string[]) => ({
      ...fleetState([], [releaseState("b", [])].slice(names.length)),
      pending: names.map((name) => fleetDaemonSetOf(name)),
    });
    const waiting = { ...plain, waits: true };
    assert.equal(targetProblem(pendingOf("a"), waiting, scopeOf({})), undefined);
    const both = { ...pendingOf("a"), releases: [releaseState("b", [])] };
    const asked = { ...plain, revision: "1-0123456789ab" };
    assert.match(targetProblem(both, asked, scopeOf({})) ?? "", /default\/a-prefetcher, default\/b-pref/);
  });

  it("has one where a revision is asked of several lists", () =>
    assert.equal(
      problem({ revision: "1-0123456789ab" }, "b", "a"),
      "--revision is that of one list, and several DaemonSets are meant: default/a-prefetcher, default/b-prefetcher; choose one by --release and --instance",
    ));
});
