// `node ci/image/try-platform.ts --platform linux/arm64`: runs the image's programs for a platform that this machine is not of, one
// after the other, under qemu. No test does: it takes a build for that platform and half a minute.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { cacheFolder } from "../cluster/install/cache-folder.ts";
import { runCommand } from "../run-command.ts";
import { runMain } from "../run-main.ts";
import { buildImage } from "./build-image.ts";
import { ensureImagePrograms } from "./ensure-image-programs.ts";
import { ensureInterpreter } from "./foreign-interpreter.ts";
import { platformsFrom } from "./platform.ts";
import { readTar } from "./read-tar.ts";
import { layersOf } from "./weigh-image.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

// What each is called with, and what it must say.
const trials: readonly { readonly command: readonly string[]; readonly says: RegExp }[] = [
  { command: ["node", "--version"], says: /^v\d+\./ },
  { command: ["tini", "--version"], says: /^tini version / },
  { command: ["pause", "--version"], says: /catatonit/ },
  { command: ["snooze", "-n"], says: /^\d{4}-\d\d-\d\dT/ },
  { command: ["node", "/prefetcher.mjs", "--version"], says: /^\d+\.\d+\.\d+$/ },
  {
    command: ["node", "/prefetcher.mjs", "revision", "--image=registry.example.com/app:1"],
    says: /^1-[0-9a-f]+$/,
  },
];

await runMain(async () => {
  const { values } = parseArgs({ options: { platform: { type: "string", default: "linux/arm64" } } });
  for (const platform of platformsFrom(values.platform)) {
    await ensureImagePrograms([platform], log);
    const interpreter = await ensureInterpreter(platform, join(cacheFolder(), "image"));
    const image = await buildImage([platform], log);
    const folder = await mkdtemp(join(tmpdir(), "try-platform-"));
    try {
      await unpack(layersOf(image, `linux/${platform.architecture}`), folder);
      for (const { command, says } of trials) await attempt(interpreter, folder, command, says);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});

async function unpack(layers: readonly Buffer[], folder: string): Promise<void> {
  for (const { path, bytes } of layers.flatMap(readTar)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes, { mode: 0o755 });
  }
}

/** Runs a program of the image with the image's own libraries, and says what it said and how long it took. */
async function attempt(
  interpreter: string,
  folder: string,
  [program = "", ...rest]: readonly string[],
  says: RegExp,
): Promise<void> {
  const startedMs = performance.now();
  const inFolder = rest.map((argument) => (argument.startsWith("/") ? join(folder, argument) : argument));
  const { stdout } = await runCommand(interpreter, ["-L", folder, join(folder, program), ...inFolder]);
  const [line = ""] = stdout.trim().split("\n");
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const said = `/${program} ${rest.join(" ")} says ${JSON.stringify(line)} after ${seconds} s`;
  if (!says.test(line)) throw new Error(`${said}, and that is not what it should`);
  log(said);
}
