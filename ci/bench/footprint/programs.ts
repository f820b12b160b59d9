import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleAgent, bundleProgram } from "../../image/bundle.ts";
import { root } from "../../root.ts";
import { imageCommand } from "./image-command.ts";

/** What is measured: the agent, the script in two ways, and Node.js with nothing to do. */
export const programNames = ["agent", "plain script", "tutorial script", "empty Node.js"] as const;

export type ProgramName = (typeof programNames)[number];

/** A command as it is started, by this process's own Node.js: the image's is the same version without its symbols. */
export interface ProgramCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a program works on. */
export interface Job {
  /** The runtime's socket, absolute. */
  readonly socket: string;
  readonly node: string;
  readonly kubeconfig: string;
  readonly instance: string;
  /** The label's key, which follows from the instance. */
  readonly key: string;
  readonly images: readonly string[];
}

/** The programs, ready to be started for a job. */
export interface Programs {
  command(name: ProgramName, job: Job): ProgramCommand;
}

/** Bundles the programs into `folder`: the agent as the image has it, the scripts with the same options. */
export async function layOutPrograms(folder: string): Promise<Programs> {
  const image = join(folder, "image");
  await bundleAgent(image);
  const scripts = { "plain script": "plain-script", "tutorial script": "tutorial-script" } as const;
  for (const script of Object.values(scripts)) await bundleScript(script, folder);
  const start = imageCommand(await readFile(join(root, "agent/Dockerfile"), "utf8"), image);
  // A pod's environment names the API server; here the kubeconfig does.
  const envOf = ({ kubeconfig }: Job) => ({ PATH: process.env.PATH ?? "", KUBECONFIG: kubeconfig });
  return {
    command: (name, job) => {
      const images = job.images.flatMap((image) => ["--image", image]);
      if (name === "agent") {
        return { args: [...start.args, ...agentFlags(job), ...images], env: { ...envOf(job), ...start.env } };
      }
      const env = { ...envOf(job), NODE_ENV: "production" };
      if (name === "empty Node.js") return { args: ["--eval", "0"], env };
      const flags = [`--socket=${job.socket}`, `--node=${job.node}`, `--label=${job.key}`];
      return { args: [join(folder, `${scripts[name]}.mjs`), ...flags, ...images], env };
    },
  };
}

function agentFlags({ instance, node, socket }: Job): readonly string[] {
  return [
    "prefetch",
    `--instance=${instance}`,
    "--owner=bench/footprint",
    `--node-name=${node}`,
    `--cri-socket=${socket}`,
    "--termination-message-path=",
    // It is the agent that is measured, not the disk of whoever measures.
    "--disk-min-free-percent=0",
    "--on-failure=exit",
  ];
}

async function bundleScript(name: string, folder: string): Promise<void> {
  await bundleProgram({
    entryPoint: `ci/bench/footprint/${name}.ts`,
    outfile: join(folder, `${name}.mjs`),
    licences: join(folder, `${name}.licences`),
    target: "node24",
    around: { banner: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
  });
}
