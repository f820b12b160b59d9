import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mountsOf } from "./node-mounts.ts";

describe("mountsOf()", () => {
  it("takes all but /run from the node's own disk, if it has one", () => {
    assert.deepEqual(mountsOf({ diskMiB: 300 }), [
      "run:/run",
      "disk/kubelet:/var/lib/kubelet",
      "disk/containerd:/var/lib/containerd",
      "disk/cni:/var/lib/cni",
      "disk/pods:/var/log/pods",
      "disk/containers:/var/log/containers",
    ]);
  });

  it("takes all from the node's folder if it has none", () => {
    assert.deepEqual(
      mountsOf({ diskMiB: 0 }).filter((mount) => mount.includes("disk")),
      [],
    );
  });
});
