import { version } from "../../agent/version.ts";
import { installPrograms, missingPrograms } from "../cluster/install/host-programs.ts";
import { type BuiltImage, buildImage } from "./build-image.ts";
import { imagePrograms } from "./image-programs.ts";
import { hostPlatform } from "./platform.ts";
import { pushImage } from "./push-image.ts";

/** The chart's default repository for the agent's image, without its registry. */
export const agentRepository = "stackrox/prefetcher";

/**
 * Builds the agent's image for this machine's platform and pushes it to `repository` (`HOST:PORT/...`) of a plain-http
 * registry, with the chart's appVersion as its tag.
 */
export async function ensureAgentImage(repository: string, log: (line: string) => void): Promise<BuiltImage> {
  const platforms = [hostPlatform()];
  const missing = missingPrograms(imagePrograms(platforms));
  if (missing.length > 0) await installPrograms(missing, log);
  const image = await buildImage(platforms, log);
  await pushImage(image, `${repository}:${version}`, { plainHttp: true });
  return image;
}
