import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";
import { runCommand } from "./run-command.ts";

/**
 * Runs Biome over the whole project. The package is the ready binary of this platform: Biome's own wrapper package
 * names eight further platforms, of which a registry that mirrors only some makes `npm ci` fail.
 */
export async function runBiome(command: "ci" | "check", ...flags: readonly string[]): Promise<void> {
  const binary = join(root, `node_modules/@biomejs/cli-linux-${process.arch}/biome`);
  // biome.json asks git which files count; an archive of the sources has no git to ask.
  const vcs = existsSync(join(root, ".git")) ? [] : ["--vcs-enabled=false"];
  await runCommand(binary, [command, ...flags, ...vcs, "."], { cwd: root });
}
