import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../root.ts";

/**
 * Writes the agent as one file for Node 24, `<folder>/prefetcher.mjs`.
 *
 * Lines are kept readable enough for a stack trace (names stay), and packages' licences are collected beside it.
 */
export async function bundleAgent(folder: string): Promise<void> {
  await build({
    entryPoints: [join(root, "agent/main.ts")],
    outfile: join(folder, "prefetcher.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    minify: true,
    keepNames: true,
    legalComments: "linked",
    // grpc-js asks for it only when channelz or ORCA is used; it would bring a second protobufjs and yargs.
    external: ["@grpc/proto-loader"],
    // CommonJS packages in an ES module bundle call require for Node.js' own modules.
    banner: { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
    plugins: [dropUnusedModels],
    logLevel: "warning",
  });
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
