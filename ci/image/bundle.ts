import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../root.ts";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

/** Where the licences of the bundled packages lie in the image. */
export const licencesFile = "usr/share/doc/prefetcher/THIRD-PARTY-LICENSES.txt";

/** What one bundle of the agent differs from another in. */
export interface BundleOptions {
  /** The file that it is written to. */
  readonly outfile: string;
  /** The file for the licences of the packages that are in it. */
  readonly licences: string;
  /** The oldest Node.js it runs on, as esbuild names it: `node24`. Newer syntax is rewritten. */
  readonly target: string;
  /** The text before the code, and the one after it. Default: none. */
  readonly around: { readonly banner: string; readonly footer?: string };
  /** What expressions of the code are replaced by. Default: none are. */
  readonly define?: Readonly<Record<string, string>>;
  /** Plugins beside the one that every bundle has. Default: none. */
  readonly plugins?: readonly Plugin[];
}

/**
 * Writes the agent as one file for Node 24, `<folder>/prefetcher.mjs`, and the licences of the packages that are in it to
 * `licencesFile` under `folder`.
 */
export async function bundleAgent(folder: string): Promise<void> {
  await bundleProgram({
    outfile: join(folder, "prefetcher.mjs"),
    licences: join(folder, licencesFile),
    target: "node24",
    // CommonJS packages in an ES module bundle call require for Node.js' own modules.
    around: { banner: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
  });
}

/**
 * Writes the program that agent/main.ts is, with all it needs, and the licences of the packages that are in it. Names are kept, so
 * that a stack trace can be read.
 */
export async function bundleProgram(options: BundleOptions): Promise<void> {
  const { outfile, licences, target, around, define = {}, plugins = [] } = options;
  const { metafile } = await build({
    entryPoints: [join(root, "agent/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target,
    minify: true,
    keepNames: true,
    // Code that a package has copied from elsewhere is named only in its comments: they lie beside the bundle.
    legalComments: "linked",
    metafile: true,
    absWorkingDir: root,
    // grpc-js asks for it only when channelz or ORCA is used; it would bring a second protobufjs and yargs.
    external: ["@grpc/proto-loader"],
    banner: { js: around.banner },
    footer: { js: around.footer ?? "" },
    define,
    plugins: [dropUnusedModels, ...plugins],
    logLevel: "warning",
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  await mkdir(dirname(licences), { recursive: true });
  await writeFile(licences, thirdPartyLicenses(root, bundled));
}

// client-node's package.json does not say that its modules only define things, so esbuild would keep every model of
// Kubernetes (about 700) for the one import of KubeConfig.
const dropUnusedModels: Plugin = {
  name: "drop-unused-models",
  setup: (plugin) => {
    plugin.onResolve({ filter: /^\.\.?\/|^@kubernetes\/client-node\// }, async (request) => {
      const isOurs =
        request.importer.includes("/@kubernetes/client-node/") || request.path.startsWith("@kubernetes/");
      if (!isOurs || request.pluginData === "resolved") return undefined;
      const { importer, kind, resolveDir } = request;
      const found = await plugin.resolve(request.path, {
        importer,
        kind,
        resolveDir,
        pluginData: "resolved",
      });
      return { ...found, sideEffects: false };
    });
  },
};
