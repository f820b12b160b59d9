import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A folder of plugins, real programs, and the config that names them. Dispose of it: it lies on the disk. */
export interface PluginFolder extends AsyncDisposable {
  readonly binDir: string;
  readonly configFile: string;
  /** Where plugins may leave what a test reads; scripts know it as `$FOLDER`. */
  path(name: string): string;
  /** Adds an executable `/bin/sh` script; it notes each of its runs. Gives the script's path. */
  add(name: string, script: string): Promise<string>;
  /** Writes the config: providers with defaults for what is not given. */
  configure(...providers: readonly object[]): Promise<void>;
  /** How many runs of the plugin have begun. */
  runCount(name: string): Promise<number>;
  /** The trimmed text of what a plugin leaves under `name`, once it is there. */
  left(name: string): Promise<string>;
}

/** A folder without plugins and config. */
export async function createPluginFolder(): Promise<PluginFolder> {
  const folder = await mkdtemp(join(tmpdir(), "plugins-"));
  const binDir = join(folder, "bin");
  const configFile = join(folder, "config.yaml");
  const path = (name: string) => join(folder, name);
  await mkdir(binDir);
  return {
    binDir,
    configFile,
    path,
    add: async (name, script) => {
      const program = join(binDir, name);
      const text = `#!/bin/sh\nFOLDER='${folder}'\necho run >>"$FOLDER/${name}.runs"\n${script}\n`;
      await writeFile(program, text, { mode: 0o755 });
      return program;
    },
    configure: (...providers) => writeFile(configFile, configOf(...providers)),
    runCount: async (name) => {
      const text = await readFile(path(`${name}.runs`), "utf8").catch(() => "");
      return text.split("\n").length - 1;
    },
    left: async (name) => {
      for (;;) {
        const text = await readFile(path(name), "utf8").catch(() => "");
        if (text.endsWith("\n")) return text.trim();
        await setTimeout(5);
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The text of a config with these providers, each with defaults for what is not given. */
export function configOf(...providers: readonly object[]): string {
  const defaults = {
    name: "plugin",
    matchImages: ["*.example.com"],
    defaultCacheDuration: "0s",
    apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  };
  return JSON.stringify({
    apiVersion: "kubelet.config.k8s.io/v1",
    kind: "CredentialProviderConfig",
    providers: providers.map((provider) => ({ ...defaults, ...provider })),
  });
}

/** What a plugin writes that has one credential, for `example.com` unless told. */
export function responseWith(fields: object = {}): string {
  return JSON.stringify({
    apiVersion: "credentialprovider.kubelet.k8s.io/v1",
    kind: "CredentialProviderResponse",
    cacheKeyType: "Image",
    auth: { "*.example.com": { username: "me", password: "secret" } },
    ...fields,
  });
}

/** The lines of a script that answers with `response`. */
export function answering(response: string = responseWith()): string {
  return `cat <<'END'\n${response}\nEND`;
}

/** Resolves once the process, by its number, is no more, or is a zombie that nobody has collected yet. */
export async function untilGone(pid: number | string): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    if (stat === undefined || /\) Z /.test(stat)) return;
    await setTimeout(5);
  }
}
