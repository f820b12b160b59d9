import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pushImage } from "../cluster/cluster.ts";
import { runCommand } from "../run-command.ts";

/** An image of the demo's environment and the megabytes that its stand-in weighs. */
interface SampleImage {
  readonly repository: string;
  readonly tag: string;
  readonly megabytes: number;
}

// The images of charts/prefetcher/ci/staging-values.yaml, whose registries resolve to the cluster's own one.
const images: readonly SampleImage[] = [
  { repository: "shop/web", tag: "main", megabytes: 40 },
  { repository: "shop/worker", tag: "main", megabytes: 60 },
  { repository: "library/postgres", tag: "17", megabytes: 120 },
];

/** Pushes a stand-in of some weight for each image of the environment: random bytes, which do not compress. */
export async function pushSampleImages(registry: string): Promise<void> {
  await Promise.all(images.map((image) => pushSampleImage(registry, image)));
}

async function pushSampleImage(registry: string, { repository, tag, megabytes }: SampleImage): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sample-image-"));
  try {
    await writeFile(join(folder, "data"), randomBytes(megabytes * 1e6));
    await runCommand("tar", ["-C", folder, "-cf", join(folder, "layer.tar"), "data"]);
    const layers = [await readFile(join(folder, "layer.tar"))];
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    await pushImage(
      registry,
      { repository, tag },
      { layers, config: { architecture, os: "linux", config: {} } },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
