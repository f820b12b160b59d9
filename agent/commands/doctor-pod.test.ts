import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDoctorWorld } from "../testing/doctor-world.ts";
import { daemonSetOf } from "../testing/fake-doctor-api.ts";

const podName = "my-images-prefetcher-doctor-i00000";

describe("the doctor's pod", () => {
  it("is made from the DaemonSet's container, for this node and for no DaemonSet to adopt", async () => {
    const { api, finish } = createDoctorWorld();
    await finish({ timeoutMs: 1_500 });
    assert.deepEqual(api.created, [
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: podName,
          labels: { team: "a", "app.kubernetes.io/name": "prefetcher-doctor" },
          annotations: { "sidecar.istio.io/inject": "false" },
        },
        spec: {
          serviceAccountName: "my-images-prefetcher",
          securityContext: { runAsUser: 65532 },
          imagePullSecrets: [{ name: "agent" }],
          containers: [
            {
              name: "prefetch",
              image: "example.com/prefetcher:1",
              args: ["inspect", "--instance=my-images", "--image=prefetch"],
              volumeMounts: [{ name: "runtime", mountPath: "/run/containerd" }],
            },
          ],
          volumes: [{ name: "runtime", hostPath: { path: "/run/containerd", type: "Directory" } }],
          nodeName: "node-1",
          tolerations: [{ operator: "Exists" }],
          restartPolicy: "Never",
          activeDeadlineSeconds: 2,
        },
      },
    ]);
  });

  it("keeps the pod's name within what a host name may have", async () => {
    const { api, finish } = createDoctorWorld([daemonSetOf("x".repeat(60))]);
    await finish();
    assert.equal(api.created[0]?.metadata.name, `${"x".repeat(48)}-doctor-i00000`);
  });

  it("is made from the container that works, whichever it is", async () => {
    const worker = { name: "prefetch", args: ["prefetch", "--sample"] };
    const other = { name: "other", args: ["prefetch"] };
    for (const spec of [
      { initContainers: [other, worker] },
      { initContainers: undefined, containers: [other, worker] },
    ]) {
      const { api, finish } = createDoctorWorld([daemonSetOf("one", spec)]);
      await finish();
      assert.deepEqual(api.created[0]?.spec.containers, [
        { name: "prefetch", args: ["inspect", "--sample"] },
      ]);
    }
  });

  it("is refused where the DaemonSet's container does something else", async () => {
    for (const initContainers of [[], [{ name: "prefetch", args: ["revision"] }], [{ name: "prefetch" }]]) {
      const { api, finish } = createDoctorWorld([daemonSetOf("one", { initContainers })]);
      const message =
        "DaemonSet context/one-prefetcher has no container prefetch with its arguments; is it this chart's?";
      assert.deepEqual(await finish(), { kind: "stopped", exitCode: 2, message });
      assert.deepEqual(api.created, []);
    }
  });
});
