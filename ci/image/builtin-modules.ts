import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Has a bundle ask the process for Node.js' own modules where it needs them, so that neither an `import` nor a `require` of them is
 * left in it: the one cannot stand in a CommonJS file, and the other is not there in an ES module.
 */
export const builtinModulesFromProcess: Plugin = {
  name: "builtin-modules-from-process",
  setup: (plugin) => {
    plugin.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: "builtin", sideEffects: false } : undefined,
    );
    plugin.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};
