import { version } from "../../agent/version.ts";
import { type BuiltImage, buildImage } from "./build-image.ts";
import { ensureImagePrograms } from "./ensure-image-programs.ts";
import { refuseHeavyImage } from "./image-budget.ts";
import { hostPlatform } from "./platform.ts";
import { pushImage } from "./push-image.ts";
import { weighImage } from "./weigh-image.ts";

/** The chart's default repository for the agent's image, without its registry. */
export const agentRepository = "stackrox/prefetcher";

/**
 * Builds the agent's image for this machine's platform and pushes it to `repository` (`HOST:PORT/...`) of a plain-http
 * registry, with the chart's appVersion as its tag. Throws where it is heavier than its budget.
 */
export async function ensureAgentImage(repository: string, log: (line: string) => void): Promise<BuiltImage> {
  const platforms = [hostPlatform()];
  await ensureImagePrograms(platforms, log);
  const image = await buildImage(platforms, log);
  refuseHeavyImage(weighImage(image));
  await pushImage(image, `${repository}:${version}`, { plainHttp: true });
  return image;
}
