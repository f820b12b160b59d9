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
    const pulling = (message: string) => ({ kind: "pulling", message });
    const initializing = stateOf(ended(0), waiting("PodInitializing"));
    assert.deepEqual(initializing, pulling("image-2: PodInitializing"));
    assert.deepEqual(stateOf(waiting("ContainerCreating")), pulling("image-1: ContainerCreating"));
    assert.deepEqual(stateOf(ended(0), { running: {} }), pulling("image-2: running"));
  });

  it("is pulling while the kubelet has said nothing yet", () => {
    assert.deepEqual(pullerState({ status: {} }), {
      kind: "pulling",
      message: "it has no containers",
    });
  });

  it("is pulling, with the kubelet's words, while what passes holds a container up", () => {
    assert.deepEqual(stateOf(waiting("CreateContainerError", "name is reserved")), {
      kind: "pulling",
      message: "image-1: CreateContainerError name is reserved",
    });
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
