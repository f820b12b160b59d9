// `npm run image`: builds the agent's image and pushes it where a cluster can pull it from.
import yargs from "yargs";
import { runMain } from "../run-main.ts";
import { buildImage } from "./build-image.ts";
import { ensureImagePrograms } from "./ensure-image-programs.ts";
import { refuseHeavyImage } from "./image-budget.ts";
import { platformsFrom } from "./platform.ts";
import { pushImage } from "./push-image.ts";
import { weighImage, weighPartsOf } from "./weigh-image.ts";
import { weightTable } from "./weigh-parts.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

await runMain(async () => {
  const flags = await flagsFrom(process.argv.slice(2));
  const platforms = platformsFrom(flags.platform);
  await ensureImagePrograms(platforms, log);
  const image = await buildImage(platforms, log, { isFresh: flags.fresh });
  for (const weight of weighImage(image)) {
    log(weightTable(weight.platform, weight, await weighPartsOf(image, weight)));
  }
  refuseHeavyImage(weighImage(image));
  if (flags.push === undefined) {
    log(`the image is the OCI layout ${image.layout}; --push REGISTRY/REPOSITORY:TAG pushes it`);
  } else {
    const digest = await pushImage(image, flags.push, { plainHttp: flags["plain-http"] });
    log(`pushed ${flags.push}@${digest}`);
  }
});

function flagsFrom(args: readonly string[]) {
  return yargs(args)
    .scriptName("npm run image --")
    .usage("Builds the agent's image, and pushes it where --push says.")
    .option("platform", {
      type: "string",
      default: "linux/amd64,linux/arm64",
      describe: "The platforms, separated by commas",
    })
    .option("push", { type: "string", describe: "Where to push it: registry/repository:tag" })
    .option("plain-http", { type: "boolean", default: false, describe: "The registry speaks plain http" })
    .option("fresh", {
      type: "boolean",
      default: false,
      describe: "Fetch Debian's packages anew; by itself it does so when they are a week old",
    })
    .strict()
    .version(false)
    .help()
    .fail((message, error) => {
      throw error ?? new Error(`${message} (--help explains)`);
    })
    .parseAsync();
}
