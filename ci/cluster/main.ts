import yargs, { type Argv } from "yargs";
import { runMain } from "../run-main.ts";
import { addNode, describe, down, removeNode, trust, up } from "./cluster.ts";
import { envLines } from "./env-lines.ts";
import { withFileLock } from "./file-lock.ts";
import { clusterLock } from "./folders.ts";
import { mirroredRegistries } from "./mirrored-registries.ts";
import { statusLines, statusOf } from "./status.ts";

// Progress goes to standard error: what `env` and `status` print can be read by a program.
const log = (line: string) => console.error(line);

await runMain(async () => void (await commandLine(process.argv.slice(2)).parseAsync()));

function commandLine(args: readonly string[]): Argv {
  return yargs(args)
    .scriptName("npm run cluster --")
    .usage("A local Kubernetes from pinned parts, as plain processes.")
    .option("name", {
      type: "string",
      default: "dev",
      describe: "which cluster: each has networks of its own",
    })
    .command(
      "up",
      "bring the cluster up, or what died of it",
      (options) =>
        options.option("nodes", { type: "number", default: 2, describe: "how many nodes at least" }),
      async ({ name, nodes }) => {
        if (!Number.isInteger(nodes) || nodes < 1) throw new Error("--nodes takes a whole number from 1 on");
        await up({ name, nodes, log });
        log(`to use it:  eval "$(npm run --silent cluster -- env --name ${name})"`);
      },
    )
    .command("down", "remove the cluster and everything of it", {}, async ({ name }) => {
      await down({ name: String(name), log });
    })
    .command(
      "status",
      "what runs and where its logs are; exit code 1 if something is dead",
      {},
      ({ name }) => {
        const cluster = describe(String(name));
        for (const line of statusLines(cluster)) console.log(line);
        if (statusOf(cluster).some((part) => !part.isRunning)) process.exitCode = 1;
      },
    )
    .command("env", "export lines for the shell", {}, ({ name }) => {
      for (const line of envLines(describe(String(name)).environment)) console.log(line);
    })
    .command("node", "add or remove a node", nodeCommands)
    .command(
      "trust <registry>",
      "let every node pull from a plain-http registry at HOST:PORT",
      (options) => options.positional("registry", { type: "string", demandOption: true }),
      async ({ name, registry }) => await trust(describe(name), registry),
    )
    .demandCommand(1, "say what to do: up, down, status, env, node or trust")
    .version(false)
    .strict()
    .fail((message, error) => {
      throw error ?? new Error(`${message} (--help explains)`);
    });
}

function nodeCommands(options: Argv<{ name: string }>): Argv<{ name: string }> {
  return options
    .command(
      "add <node>",
      "add a node and wait until it is Ready",
      (more) =>
        more
          .positional("node", { type: "string", demandOption: true })
          .option("mirrors", {
            type: "boolean",
            default: true,
            describe: `let ${mirroredRegistries.join(", ")} resolve to the cluster's registry`,
          })
          .option("disk", { type: "number", default: 0, describe: "MiB of a disk of its own; 0 is none" })
          .option("disk-defaults", {
            type: "boolean",
            default: false,
            describe: "let kubelet evict and collect at its default thresholds on that disk",
          }),
      ({ name, node, mirrors, disk, diskDefaults }) =>
        locked(name, async () => {
          const options = { mirrors, diskMiB: disk, kubeletDefaultsForDisk: diskDefaults };
          await addNode(describe(name), node, options);
        }),
    )
    .command(
      "remove <node>",
      "end a node and delete its Node object",
      (more) => more.positional("node", { type: "string", demandOption: true }),
      ({ name, node }) => locked(name, () => removeNode(describe(name), node)),
    )
    .demandCommand(1, "say what to do: node add NAME, or node remove NAME");
}

async function locked(name: string, action: () => Promise<void>): Promise<void> {
  await withFileLock(clusterLock(name), action, log);
}
