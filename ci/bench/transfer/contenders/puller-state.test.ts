import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PullerPod, pullerState } from "./puller-state.ts";

const waiting = (reason: string, message?: string) => ({ waiting: { reason, ...(message && { message }) } });
const ended = (exitCode: number) => ({ terminated: { exitCode } });

function stateOf(...states: readonly object[]) {
  const initContainerStatuses = states.map((state, index) => ({ name: `image-${index + 1}`, state }));
  return pullerState({ status: { initContainerStatuses } } as PullerPod);
}

describe("pullerState", () => {
  it("is pulled once the last init container has ended well", () => {
    assert.deepEqual(stateOf(ended(0), ended(0)), { kind: "pulled" });
  });

  it("is pulling while a container waits for its turn, is made or runs", () => {
    assert.deepEqual(stateOf(ended(0), waiting("PodInitializing")), { kind: "pulling" });
    assert.deepEqual(stateOf(waiting("ContainerCreating")), { kind: "pulling" });
    assert.deepEqual(stateOf(ended(0), { running: {} }), { kind: "pulling" });
  });

  it("is pulling while the kubelet has said nothing yet", () => {
    assert.deepEqual(pullerState({ status: {} }), { kind: "pulling" });
  });

  it("fails with the kubelet's words where an image is refused", () => {
    assert.deepEqual(stateOf(ended(0), waiting("ErrImagePull", "no such image")), {
      kind: "failed",
      message: "image-2: ErrImagePull no such image",
    });
  });

  it("fails where an image's program does", () => {
    assert.deepEqual(stateOf(ended(2), waiting("PodInitializing")), {
      kind: "failed",
      message: "image-1 ended with 2",
    });
  });
});
