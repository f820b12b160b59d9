import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createImageService } from "../../agent/cri/create-image-service.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { runCommand } from "../run-command.ts";
import { type ContainerdProcess, startContainerd } from "./containerd-process.ts";
import { type Fault, healthy, misbehaving } from "./faults.ts";
import type { Lab } from "./lab.ts";
import type { Runtime } from "./runtimes.ts";
import { replyWith } from "./scripted-registry.ts";
import type { TinyImage } from "./tiny-image.ts";

/** A fault of the runtime or of its disk. Each takes a containerd of its own. */
export interface MachineFault extends Fault {
  /** The size of the disk; by default that of the machine. */
  readonly diskMegabytes?: number;
  /** Done before the pull of `image`. */
  readonly before?: (containerd: ContainerdProcess, image: string) => Promise<unknown>;
  /** Done when half of the layer has arrived, and no more will. */
  readonly meanwhile?: (containerd: ContainerdProcess) => Promise<unknown>;
}

const large = 40_000_000;

/** Every fault of a runtime and its disk that shows within a few seconds. */
export function machineFaults(): readonly MachineFault[] {
  return [
    {
      name: "disk-full-unpacking",
      reason: "no_space",
      diskMegabytes: 24,
      repository: healthy("disk-full-unpacking", { bytes: large, compressed: true }),
    },
    {
      name: "disk-full-downloading",
      reason: "no_space",
      diskMegabytes: 24,
      repository: healthy("disk-full-downloading", { bytes: large }),
    },
    { name: "read-only", reason: "no_space", before: makeReadOnly, repository: healthy("read-only") },
    lostBlob("lost-blob"),
    { ...stalling("killed"), reason: "runtime_down", meanwhile: ({ end }) => end("SIGKILL") },
    { ...stalling("terminated"), reason: "runtime_down", meanwhile: ({ end }) => end("SIGTERM") },
    { ...stalling("stalled"), reason: "unavailable", runtimes: ["containerd 2.4"] },
  ];
}

/** What the pull comes to that meets the fault. `pull` takes the socket's path and the image. */
export async function meetMachineFault<Answer>(
  fault: MachineFault,
  runtime: Runtime,
  lab: Lab,
  pull: (socketPath: string, image: string) => Promise<Answer>,
): Promise<Answer> {
  await using containerd = await startContainerd(runtime, lab, fault.diskMegabytes);
  const image = lab.imageOf(fault);
  await fault.before?.(containerd, image);
  const [answer] = await Promise.all([
    pull(containerd.socketPath, image),
    fault.meanwhile === undefined
      ? undefined
      : waitUntil("the layer stalls", 10_000, () => lab.registry.hangsFor(fault.name), 5).then(() =>
          fault.meanwhile?.(containerd),
        ),
  ]);
  return answer;
}

/** The image is on the node, all but one file of its store, which nobody will ever fetch again. */
function lostBlob(name: string): MachineFault {
  const repository = healthy(name);
  const before = async ({ socketPath, root }: ContainerdProcess, image: string) => {
    const service = createImageService(socketPath);
    const answer = await service.pullImage(image, AbortSignal.timeout(10_000));
    service.close();
    if (answer.kind === "failed") throw new Error(answer.failure.message);
    const [algorithm = "", hash = ""] = repository.image.config.digest.split(":");
    await rm(join(root, "io.containerd.content.v1.content/blobs", algorithm, hash));
  };
  return { name, reason: "unknown", before, repository };
}

/** Half of its layer arrives, which is enough for containerd to notice that no more does. */
function stalling(name: string): Fault {
  const reply = ({ layer }: TinyImage) => ({ ...replyWith(layer), hangs: true });
  const repository = misbehaving(name, "layer", reply, "GET", { bytes: 5_000_000 });
  return { name, reason: "unavailable", repository };
}

/** Makes the store read-only to containerd, as the kernel does with a disk that it no longer trusts. */
async function makeReadOnly({ pid, root }: ContainerdProcess): Promise<void> {
  const mount = (...args: readonly string[]) =>
    runCommand("nsenter", [`--mount=/proc/${pid}/ns/mnt`, "mount", ...args]);
  await mount("--bind", root, root);
  await mount("-o", "remount,bind,ro", root);
}
