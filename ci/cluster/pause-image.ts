import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import type { ClusterPlan } from "./plan.ts";
import { pushImage } from "./registry-push.ts";

const repository = "pause";
const tag = "3.10";

/** The reference of the image that holds each pod's namespaces. */
export function pauseImage(cluster: ClusterPlan): string {
  return `${cluster.registry}/${repository}:${tag}`;
}

/**
 * Pushes a stand-in for Kubernetes' pause image to the cluster's registry, where `registry.k8s.io/pause:3.10` resolves
 * to it.
 */
export async function pushPauseImage(cluster: ClusterPlan): Promise<void> {
  await pushPausingImage(cluster.registry, { repository, tag });
}

/**
 * Pushes an image whose process only sleeps to a plain-http registry: Debian's catatonit, which is linked statically and has a mode for
 * just this. The image ID follows from `labels` alone.
 */
export async function pushPausingImage(
  registry: string,
  name: { repository: string; tag: string },
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  const Labels = Object.keys(labels).length === 0 ? {} : { Labels: labels };
  await pushImage(registry, name, {
    layers: [await catatonitLayer()],
    config: {
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: { Entrypoint: ["/pause", "-P"], User: "65535:65535", ...Labels },
    },
  });
}

async function catatonitLayer(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "pause-"));
  try {
    const { stdout } = await runCommand("sh", ["-c", "command -v catatonit"]);
    await copyFile(stdout.trim(), join(folder, "pause"));
    const archive = join(folder, "layer.tar");
    // The same bytes each time, so that a second push changes nothing.
    const fixed = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=0755"];
    await runCommand("tar", ["-C", folder, ...fixed, "-cf", archive, "pause"]);
    return await readFile(archive);
  } finally {
    await rm(folder, { recursive: true });
  }
}
