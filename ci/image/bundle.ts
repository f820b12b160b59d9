import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../root.ts";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

/** Where the licences of the bundled packages lie in the image. */
export const licencesFile = "usr/share/doc/prefetcher/THIRD-PARTY-LICENSES.txt";

/**
 * Writes the agent as one file for Node 24, `<folder>/prefetcher.mjs`, and the licences of the packages that are in it to
 * `licencesFile` under `folder`. Names are kept, so that a stack trace can be read.
 */
export async function bundleAgent(folder: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(root, "agent/main.ts")],
    outfile: join(folder, "prefetcher.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    minify: true,
    keepNames: true,
    // Code that a package has copied from elsewhere is named only in its comments: they lie beside the bundle.
    legalComments: "linked",
    metafile: true,
    absWorkingDir: root,
    // grpc-js asks for it only when channelz or ORCA is used; it would bring a second protobufjs and yargs.
    external: ["@grpc/proto-loader"],
    // CommonJS packages in an ES module bundle call require for Node.js' own modules.
    banner: { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
    plugins: [dropUnusedModels],
    logLevel: "warning",
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  await mkdir(dirname(join(folder, licencesFile)), { recursive: true });
  await writeFile(join(folder, licencesFile), thirdPartyLicenses(root, bundled));
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
