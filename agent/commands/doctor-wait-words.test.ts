import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PodEvent, PodStatus } from "../doctor-api.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createFakeDoctorApi } from "../testing/fake-doctor-api.ts";
import { untilPodEnded } from "./doctor-wait.ts";

const never = new AbortController().signal;
const ended = (exitCode: number, message: string): PodStatus => ({
  phase: "Failed",
  containerStatuses: [{ state: { terminated: { exitCode, message } } }],
});
const waiting = (reason: string, message?: string): PodStatus => ({
  phase: "Pending",
  containerStatuses: [{ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } }],
});
const warning = (reason: string, message: string): PodEvent => ({
  type: "Warning",
  reason,
  message,
  count: 4,
});

/** What is said of a pod that is and stays as it is. */
async function said(status: PodStatus, events: readonly PodEvent[]): Promise<string> {
  const api = createFakeDoctorApi("");
  const clock = createFakeClock();
  api.always("podStatus", { answer: status });
  api.always("podEvents", { answer: events });
  const pod = { namespace: "ns", name: "pod", timeoutMs: 20_000 };
  const end = await clock.finish(untilPodEnded(api, clock, pod, never));
  return end.kind === "stuck" ? end.why : end.kind;
}

const older =
  "the release's image is older than this doctor and cannot be asked; upgrade the release, or use the doctor of its version";

describe("untilPodEnded(), in its words,", () => {
  // The first is what the agent before `inspect` wrote, as it is.
  const cases: readonly [what: string, status: PodStatus, says: string, events?: readonly PodEvent[]][] = [
    [
      "tells an image that is older than the command that it was given",
      ended(
        2,
        "error: Unknown arguments: instance, owner, image, inspect. `prefetcher prefetch --help` has the flags\n",
      ),
      older,
    ],
    [
      "tells nothing of an image's age where it does not know a flag",
      ended(2, "no. `prefetcher inspect --help` has the flags"),
      "it ended with 2: no. `prefetcher inspect --help` has the flags",
    ],
    [
      "tells nothing of an image's age where it ended with something else",
      ended(1, "`prefetcher prefetch --help`"),
      "it ended with 1: `prefetcher prefetch --help`",
    ],
    [
      "has no secret of how the container ended",
      ended(1, "token=hunter2"),
      "it ended with 1: token=[redacted]",
    ],
    [
      "has no secret of an event about the image",
      waiting("ErrImagePull", "https://me:hunter2@x/"),
      "the agent's own image cannot be pulled there: Failed to pull from https://x/?[redacted]",
      [warning("Failed", "Failed to pull from https://x/?sig=hunter2")],
    ],
    [
      "has no secret of what the status says about the image",
      waiting("ErrImagePull", "https://me:hunter2@x/"),
      "the agent's own image cannot be pulled there: ErrImagePull: https://[redacted]@x/",
    ],
    [
      "has no secret of what the status says about the container",
      waiting("CreateContainerError", "password=hunter2"),
      "CreateContainerError: password=[redacted]",
    ],
    [
      "has no secret of what the status says about the pod",
      { phase: "Failed", reason: "Evicted", message: "password=hunter2" },
      "Evicted: password=[redacted]",
    ],
    [
      "has the whole of what is wrong with a volume called token",
      waiting("ContainerCreating"),
      'FailedMount: SetUp failed for volume "token" : configmap "a" not found, token=[redacted]',
      [warning("FailedMount", 'SetUp failed for volume "token" : configmap "a" not found, token=hunter2')],
    ],
  ];
  for (const [what, status, says, events = []] of cases)
    it(what, async () => assert.equal(await said(status, events), says));
});
