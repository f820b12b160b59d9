// `npm run build`: writes the agent's commands as a plugin of kubectl to dist/.
import { statSync } from "node:fs";
import { join, relative } from "node:path";
import yargs from "yargs";
import { root } from "../root.ts";
import { runMain } from "../run-main.ts";
import { buildPlugin } from "./build-plugin.ts";
import { leastNode } from "./node-guard.ts";

await runMain(async () => {
  await yargs(process.argv.slice(2))
    .scriptName("npm run build --")
    .usage("Writes dist/kubectl-prefetcher, the plugin of kubectl, and the licences of what is in it.")
    .strict()
    .version(false)
    .help()
    .fail((message, error) => {
      throw error ?? new Error(`${message} (--help explains)`);
    })
    .parseAsync();
  const { program, licences } = await buildPlugin(join(root, "dist"));
  const [file, ...others] = [program, ...licences].map((path) => relative(process.cwd(), path));
  const size = (statSync(program).size / 1e6).toFixed(1);
  process.stdout.write(`${file}: ${size} MB, for Node.js ${leastNode} or newer
${others.join(" and ")}: whose code is in it
to install it, copy it into a folder of PATH:  install ${file} /usr/local/bin/
and see that kubectl finds it:  kubectl prefetcher --version
`);
});
