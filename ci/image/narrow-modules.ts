import { dirname } from "node:path";
import type { Plugin } from "esbuild";

/** A module that offers far more than the one module of client-node that imports it takes. */
interface NarrowModule {
  /** What the import says. */
  readonly path: string;
  readonly importer: RegExp;
  /** A module that offers what is taken, in the place of the whole. */
  readonly contents: string;
}

const narrow: readonly NarrowModule[] = [
  {
    // Its index has every model and every API of Kubernetes, about 700 modules, which their package does not say that nobody needs.
    path: "./gen/index.js",
    importer: /\/client-node\/dist\/config\.js$/,
    contents: `
      export { createConfiguration } from "./gen/configuration.js";
      export { ServerConfiguration } from "./gen/servers.js";`,
  },
  {
    // Its index loads mocks, caches, EventSource and WebSocket too. The proxy's agent calls \`connect\`, one of the functions that the
    // index gives to all dispatchers.
    path: "undici",
    importer: /\/client-node\/dist\/(config|gen\/http\/isomorphic-fetch)\.js$/,
    contents: `
      import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
      import functions from "undici/lib/api/index.js";
      import Agent from "undici/lib/dispatcher/agent.js";
      import ProxyAgent from "undici/lib/dispatcher/proxy-agent.js";
      import web from "undici/lib/web/fetch/index.js";
      Object.assign(Dispatcher.prototype, functions);
      const { fetch } = web;
      export { Agent, ProxyAgent, fetch };`,
  },
];

/** Has a bundle take from large modules what client-node takes from them: a start reads half of it, and esbuild a twentieth. */
export const narrowModules: Plugin = {
  name: "narrow-modules",
  setup: (plugin) => {
    for (const { path, importer, contents } of narrow) {
      const namespace = `narrow ${path}`;
      plugin.onResolve({ filter: exactly(path) }, (request) =>
        importer.test(request.importer)
          ? { path, namespace, pluginData: dirname(request.importer) }
          : undefined,
      );
      plugin.onLoad({ filter: /./, namespace }, ({ pluginData }) => ({
        contents,
        resolveDir: pluginData as string,
      }));
    }
  },
};

function exactly(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.")}$`);
}
