import { version } from "../../agent/version.ts";
import { installPrograms, missingPrograms } from "../cluster/install/host-programs.ts";
import { type BuiltImage, buildImage } from "./build-image.ts";
import { imagePrograms } from "./image-programs.ts";
import { hostPlatform } from "./platform.ts";
import { pushImage } from "./push-image.ts";

/**
 * Builds the agent's image for this machine's platform and pushes it to a local registry as the chart's default name
 * has it, `stackrox/prefetcher:<appVersion>`.
 */
export async function ensureAgentImage(registry: string, log: (line: string) => void): Promise<BuiltImage> {
  const platforms = [hostPlatform()];
  const missing = missingPrograms(imagePrograms(platforms));
  if (missing.length > 0) await installPrograms(missing, log);
  const image = await buildImage(platforms, log);
  await pushImage(image, `${registry}/stackrox/prefetcher:${version}`, { plainHttp: true });
  return image;
}
