import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PodEvent, PodStatus } from "../doctor-api.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createFakeDoctorApi } from "../testing/fake-doctor-api.ts";
import { untilPodEnded } from "./doctor-wait.ts";

const never = new AbortController().signal;
const waiting = (reason: string, message?: string): PodStatus => ({
  phase: "Pending",
  containerStatuses: [{ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } }],
});
const warning = (reason: string, message: string, count?: number): PodEvent => ({
  type: "Warning",
  reason,
  message,
  ...(count === undefined ? {} : { count }),
});
const mount = (count?: number) =>
  warning("FailedMount", 'MountVolume.SetUp failed: secret "x" not found', count);
const noDirectory =
  'MountVolume.SetUp failed for volume "runtime" : hostPath type check failed: /x is not a directory';

/** How the wait ends for a pod that stays as it is, and after how many seconds. */
async function endOf(status: PodStatus, events: readonly PodEvent[] = []) {
  const api = createFakeDoctorApi("");
  const clock = createFakeClock();
  api.always("podStatus", { answer: status });
  api.always("podEvents", { answer: events });
  const pod = { namespace: "ns", name: "pod", timeoutMs: 20_000 };
  const end = await clock.finish(untilPodEnded(api, clock, pod, never));
  assert.equal(clock.pendingCount(), 0);
  return { ...end, seconds: clock.nowMs() / 1000 };
}

describe("untilPodEnded()", () => {
  const timedOut = "; waited for 20 s (--timeout)";
  const cases: readonly {
    readonly what: string;
    readonly status: PodStatus;
    readonly events?: readonly PodEvent[];
    readonly why: string;
    readonly seconds: number;
  }[] = [
    {
      what: "an image that cannot be pulled, by the event that has the cause",
      status: waiting("ImagePullBackOff", "Back-off pulling image"),
      events: [
        warning("Failed", 'Failed to pull image "x": not found'),
        warning("Failed", "Error: ImagePullBackOff"),
        { type: "Normal", reason: "BackOff", message: "Failed to pull" },
      ],
      why: 'the agent\'s own image cannot be pulled there: Failed to pull image "x": not found',
      seconds: 0,
    },
    {
      what: "an image that cannot be pulled, by the status where there is no event",
      status: waiting("ImagePullBackOff", "Back-off pulling image: not found"),
      why: "the agent's own image cannot be pulled there: ImagePullBackOff: Back-off pulling image: not found",
      seconds: 0,
    },
    {
      what: "an image that was tried once, before its event has come",
      status: waiting("ErrImagePull", "i/o timeout"),
      why: "the agent's own image cannot be pulled there: ErrImagePull: i/o timeout",
      seconds: 0,
    },
    {
      what: "a container that cannot be made",
      status: waiting("CreateContainerError", "no such user "),
      events: [mount(1)],
      why: "CreateContainerError: no such user",
      seconds: 0,
    },
    {
      what: "a reason that may pass, after waiting",
      status: waiting("CreateContainerConfigError"),
      why: `CreateContainerConfigError${timedOut}`,
      seconds: 20,
    },
    {
      what: "a mount that failed four times",
      status: waiting("ContainerCreating"),
      events: [warning("Other", "something"), mount(4)],
      why: 'FailedMount: MountVolume.SetUp failed: secret "x" not found',
      seconds: 0,
    },
    {
      what: "a mount that failed three times, after waiting",
      status: waiting("ContainerCreating"),
      events: [mount(3)],
      why: `FailedMount: MountVolume.SetUp failed: secret "x" not found${timedOut}`,
      seconds: 20,
    },
    {
      what: "a mount that failed once, after waiting",
      status: waiting("PodInitializing"),
      events: [mount()],
      why: `FailedMount: MountVolume.SetUp failed: secret "x" not found${timedOut}`,
      seconds: 20,
    },
    {
      what: "that the socket's directory is not there",
      status: waiting("ContainerCreating"),
      events: [warning("FailedMount", noDirectory, 5)],
      why: `FailedMount: ${noDirectory}; the directory of criSocket is not on this node`,
      seconds: 0,
    },
    {
      what: "nothing of the directory where the volume fails otherwise",
      status: waiting("ContainerCreating"),
      events: [warning("FailedMount", 'volume "runtime": timed out', 5)],
      why: 'FailedMount: volume "runtime": timed out',
      seconds: 0,
    },
    {
      what: "what else is often warned of, after waiting",
      status: waiting("ContainerCreating"),
      events: [warning("FailedCreatePodSandBox", "no network", 9)],
      why: `FailedCreatePodSandBox: no network${timedOut}`,
      seconds: 20,
    },
    {
      what: "that its time ended while it ran",
      status: {
        phase: "Failed",
        reason: "DeadlineExceeded",
        message: "",
        containerStatuses: [{ state: { terminated: { exitCode: 137, reason: "Error" } } }],
      },
      why: "DeadlineExceeded",
      seconds: 0,
    },
    {
      what: "that a directory of another volume is not there",
      status: waiting("ContainerCreating"),
      events: [warning("FailedMount", noDirectory.replace("runtime", "bin"), 5)],
      why: `FailedMount: ${noDirectory.replace("runtime", "bin")}`,
      seconds: 0,
    },
    {
      what: "that the kubelet refused the pod",
      status: { phase: "Failed", reason: "OutOfpods", message: "Node didn't have enough resource: pods" },
      why: "OutOfpods: Node didn't have enough resource: pods",
      seconds: 0,
    },
    {
      what: "what kept it where its time ended",
      status: { phase: "Failed", reason: "DeadlineExceeded" },
      events: [mount(2)],
      why: 'FailedMount: MountVolume.SetUp failed: secret "x" not found',
      seconds: 0,
    },
    {
      what: "how the container ended",
      status: {
        phase: "Failed",
        containerStatuses: [
          { state: { terminated: { exitCode: 2, reason: "Error", message: "error: x\n" } } },
        ],
      },
      why: "it ended with 2: Error: error: x",
      seconds: 0,
    },
    {
      what: "that it runs and does not end",
      status: { phase: "Running" },
      why: `it runs and does not end${timedOut}`,
      seconds: 20,
    },
    {
      what: "that nobody says anything",
      status: {},
      why: `the kubelet says nothing about it${timedOut}`,
      seconds: 20,
    },
  ];
  for (const { what, status, events, why, seconds } of cases) {
    it(`says ${what}`, async () =>
      assert.deepEqual(await endOf(status, events), { kind: "stuck", why, seconds }));
  }

  it("ends as soon as the pod has looked, and reads no event then", async () => {
    const api = createFakeDoctorApi("");
    const clock = createFakeClock();
    api.on("podStatus", { answer: waiting("ContainerCreating") }, { answer: { phase: "Running" } });
    const pod = { namespace: "ns", name: "pod", timeoutMs: 20_000 };
    assert.deepEqual(await clock.finish(untilPodEnded(api, clock, pod, never)), { kind: "looked" });
    assert.equal(clock.nowMs(), 1_000);
    const calls = ["podStatus ns/pod", "podEvents ns/pod", "podStatus ns/pod", "podStatus ns/pod"];
    assert.deepEqual(api.calls, calls);
  });
});
