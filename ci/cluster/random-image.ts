import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { pushImage } from "./registry-push.ts";

/**
 * Pushes an image of this machine's platform to a plain-http registry. It has one layer of `bytes` random bytes, which
 * do not compress, so that no two images share anything. Nothing in it can be run.
 */
export async function pushRandomImage(
  registry: string,
  name: { repository: string; tag: string },
  bytes: number,
): Promise<void> {
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  const config = { architecture, os: "linux", config: {} };
  await pushImage(registry, name, { layers: [await layerWith(bytes)], config });
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
