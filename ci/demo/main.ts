// `npm run demo`: a cluster on this machine, the chart installed on it, and nodes at work. `npm run demo -- down` ends it.
import yargs from "yargs";
import { down, MissingRequirements } from "../cluster/cluster.ts";
import { showDemo } from "./show-demo.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

try {
  await yargs(process.argv.slice(2))
    .scriptName("npm run demo --")
    .usage("Shows the prefetcher on a real Kubernetes on this machine.")
    .option("name", { type: "string", default: "demo", describe: "The cluster's name" })
    .command(["up", "$0"], "bring it up, install the chart and watch", {}, ({ name }) =>
      showDemo(String(name), log),
    )
    .command("down", "remove the cluster and everything of it", {}, ({ name }) =>
      down({ name: String(name), log }),
    )
    .strict()
    .version(false)
    .fail((message, error) => {
      throw error ?? new MissingRequirements([`${message} (--help explains)`]);
    })
    .parseAsync();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
