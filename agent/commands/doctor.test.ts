import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DaemonSet } from "../doctor-api.ts";
import { createDoctorWorld } from "../testing/doctor-world.ts";
import { daemonSetOf } from "../testing/fake-doctor-api.ts";
import { nodeFindings } from "../testing/node-findings.ts";
import type { DoctorResult } from "./doctor.ts";

const podName = "my-images-prefetcher-doctor-i00000";
const waiting = (reason: string, message?: string) => ({
  answer: { phase: "Pending", containerStatuses: [{ state: { waiting: { reason, message } } }] },
});

function messageOf(result: DoctorResult): string {
  assert.ok(result.kind === "stopped", JSON.stringify(result));
  return result.message;
}

describe("doctor()", () => {
  it("has one pod look, reports what it found, and deletes it", async () => {
    const { api, told, finish } = createDoctorWorld();
    const result = await finish();
    const expected = {
      v: 1,
      node: "node-1",
      daemonSet: "context/my-images-prefetcher",
      problems: [],
      notes: [],
    };
    assert.deepEqual(result, {
      kind: "report",
      exitCode: 0,
      report: { ...expected, findings: nodeFindings() },
    });
    const labels = '{"app.kubernetes.io/name":"prefetcher","app.kubernetes.io/instance":"my-images"}';
    assert.deepEqual(api.calls, [
      "daemonSets context",
      "node node-1",
      `podsOnNode context ${labels} node-1`,
      "createPod context",
      `podStatus context/${podName}`,
      `podLog context/${podName}`,
      `deletePod context/${podName}`,
    ]);
    assert.equal(api.pods.size, 0);
    assert.deepEqual(told, [`pod context/${podName} looks at the node`]);
  });

  it("ends with 1 where the pod found something", async () => {
    const found = nodeFindings({ label: { key: "k", problem: "no rights" } });
    const { problem } = createDoctorWorld(undefined, JSON.stringify(found));
    assert.equal(await problem(), "no rights");
  });

  it("says what the pod wrote instead of findings", async () => {
    const { problem } = createDoctorWorld(undefined, "one\nerror: Unknown argument: inspect\n");
    assert.equal(
      await problem(),
      'the pod on the node ended without findings; the last that it wrote is "error: Unknown argument: inspect"',
    );
  });

  describe("chooses the release", () => {
    const both = () => [daemonSetOf("one"), daemonSetOf("two")];

    it("that --release names, in the namespace that --namespace names", async () => {
      const { api, finish } = createDoctorWorld(both());
      const result = await finish({ release: "two", namespace: "ns" });
      assert.ok(result.kind === "report");
      assert.equal(result.report.daemonSet, "ns/two-prefetcher");
      assert.deepEqual(api.calls.at(-1), "deletePod ns/two-prefetcher-doctor-i00000");
    });

    const refused: readonly [what: string, there: DaemonSet[], release: string | undefined, says: string][] =
      [
        [
          "asks where there are several",
          both(),
          undefined,
          "namespace context has several releases; choose one by --release: context/one, context/two",
        ],
        [
          "says which there are where it is none of them",
          both(),
          "three",
          "namespace context has no release three; it has context/one, context/two",
        ],
        [
          "says that there is none",
          [],
          undefined,
          "namespace context has no DaemonSet with the label app.kubernetes.io/part-of=image-prefetcher; --namespace names another",
        ],
      ];
    for (const [what, there, release, says] of refused) {
      it(`or ${what}, with exit code 2 and no pod`, async () => {
        const { api, finish } = createDoctorWorld(there);
        const result = await finish({ release });
        assert.deepEqual(result, { kind: "stopped", exitCode: 2, message: says });
        assert.deepEqual(api.created, []);
      });
    }
  });

  it("ends with 2 where there is no such node", async () => {
    const { api, finish } = createDoctorWorld();
    const result = await finish({ node: "node-2" });
    assert.deepEqual(result, { kind: "stopped", exitCode: 2, message: "the cluster has no node node-2" });
    assert.deepEqual(api.created, []);
  });

  it("says that the DaemonSet has no pod on the node", async () => {
    const { api, problem } = createDoctorWorld();
    api.on("podsOnNode", { answer: 0 });
    assert.match(
      await problem(),
      /^DaemonSet context\/my-images-prefetcher has no pod on node node-1: its nodeSelector, affinity or tolerations/,
    );
  });

  describe("without rights", () => {
    for (const method of ["node", "podsOnNode", "podEvents"] as const) {
      it(`does without ${method}`, async () => {
        const { api, finish } = createDoctorWorld();
        api.on("podStatus", waiting("ContainerCreating"));
        api.on(method, 403);
        const result = await finish();
        assert.ok(result.kind === "report" && result.exitCode === 0, JSON.stringify(result));
      });
    }

    for (const method of ["daemonSets", "createPod", "podStatus", "podLog"] as const) {
      it(`ends with 3 where it may not ${method}, and leaves no pod`, async () => {
        const { api, finish } = createDoctorWorld();
        api.on(method, 403);
        const result = await finish();
        assert.deepEqual(result, { kind: "stopped", exitCode: 3, message: `cannot ${method} (HTTP 403)` });
        assert.equal(api.pods.size, 0);
      });
    }
  });

  it("ends with 3 where the API server has another answer to a question that it needs", async () => {
    for (const method of ["node", "podsOnNode", "podEvents"] as const) {
      const { api, finish } = createDoctorWorld();
      api.on("podStatus", waiting("ContainerCreating"));
      api.on(method, 400);
      assert.equal(messageOf(await finish()), `cannot ${method} (HTTP 400)`);
    }
  });

  it("ends with 3 where the API server is away for as long as it waits, and not with what the node is to blame for", async () => {
    const { api, finish } = createDoctorWorld();
    api.always("podStatus", 503);
    const message = "cannot podStatus (HTTP 503)";
    assert.deepEqual(await finish(), { kind: "stopped", exitCode: 3, message });
    assert.equal(api.pods.size, 0);
  });

  it("says that there are no findings where the pod wrote somebody else's document", async () => {
    const { problem } = createDoctorWorld(undefined, '{"v":1,"images":[],"runtime":{}}\n');
    assert.match(await problem(), /^the pod on the node ended without findings; .*\\"runtime\\":\{\}/);
  });

  it("bears an API server that is away for a moment while the pod is at work", async () => {
    const { api, finish } = createDoctorWorld();
    api.on("podStatus", 0, 429, 503);
    const result = await finish();
    assert.ok(result.kind === "report" && result.exitCode === 0, JSON.stringify(result));
  });

  it("says that its pod does not start, and of a node that is not Ready also that", async () => {
    const why =
      "the agent's pod does not come to work on node node-1: the kubelet says nothing about it; waited for 5 s (--timeout)";
    const cases = [
      [{ answer: { isReady: true } }, why],
      [403, why],
      [{ answer: { isReady: false } }, `${why}; the node is not Ready`],
    ] as const;
    for (const [node, sentence] of cases) {
      const { api, problem } = createDoctorWorld();
      api.on("node", node);
      api.always("podStatus", { answer: { phase: "Pending" } });
      assert.equal(await problem({ timeoutMs: 5_000 }), sentence);
    }
  });

  it("passes on what is nobody's answer, and leaves no pod", async () => {
    for (const method of ["node", "podLog"] as const) {
      const { api, finish } = createDoctorWorld();
      const bug = new Error("a bug");
      api.on(method, bug);
      await assert.rejects(finish(), bug);
      assert.equal(api.pods.size, 0);
    }
  });
});
