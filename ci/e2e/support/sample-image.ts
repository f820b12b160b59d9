import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pushImage } from "../../cluster/cluster.ts";
import { runCommand } from "../../run-command.ts";
import { testCluster } from "./scene.ts";

/** Pushes an image with one layer of `bytes` random bytes (default 1000), so that no two images share anything. */
export async function pushSampleImage(repository: string, tag = "1", bytes = 1000): Promise<void> {
  await pushImage(
    testCluster().registry,
    { repository, tag },
    {
      layers: [await layerWith(bytes)],
      config: { architecture: process.arch === "arm64" ? "arm64" : "amd64", os: "linux", config: {} },
    },
  );
}

async function layerWith(bytes: number): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "layer-"));
  try {
    await writeFile(join(folder, "data"), randomBytes(bytes));
    await runCommand("tar", ["-C", folder, "-cf", join(folder, "layer.tar"), "data"]);
    return await readFile(join(folder, "layer.tar"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
