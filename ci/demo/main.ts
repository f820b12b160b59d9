// `npm run demo`: a cluster on this machine, the chart installed on it, and nodes at work. `npm run demo -- down` ends it.
import yargs from "yargs";
import { down } from "../cluster/cluster.ts";
import { runMain } from "../run-main.ts";
import { showDemo } from "./show-demo.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

await runMain(async () => {
  await yargs(process.argv.slice(2))
    .scriptName("npm run demo --")
    .usage("Shows the prefetcher on a real Kubernetes on this machine.")
    .option("name", { type: "string", default: "demo", describe: "The cluster's name" })
    .command(["up", "$0"], "bring it up, install the chart and watch", {}, ({ name }) => {
      sayHowToCleanUp(String(name));
      return showDemo(String(name), log);
    })
    .command("down", "remove the cluster and everything of it", {}, ({ name }) =>
      down({ name: String(name), log }),
    )
    .strict()
    .version(false)
    .fail((message, error) => {
      throw error ?? new Error(`${message} (--help explains)`);
    })
    .parseAsync();
});

/** An interrupted demo may be gone on with or removed, so its cluster stays. */
function sayHowToCleanUp(name: string): void {
  const here = name === "demo" ? "" : ` --name ${name}`;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.stderr.write(
        `\nerror: ended by ${signal}. \`npm run demo -- down${here}\` removes what is there of the cluster\n`,
      );
      process.exit(1);
    });
  }
}
