import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { root } from "../root.ts";
import { builtinModulesFromProcess } from "./builtin-modules.ts";
import { narrowModules } from "./narrow-modules.ts";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

/** Where the licences of the bundled packages lie in the image. */
export const licencesFile = "usr/share/doc/prefetcher/THIRD-PARTY-LICENSES.txt";

/** What one bundle of the agent differs from another in. */
export interface BundleOptions {
  /** The program, from the project's root on. Default: the agent's. */
  readonly entryPoint?: string;
  /** The file that it is written to. */
  readonly outfile: string;
  /** Whether what the program loads late becomes files of its own beside it, so that a start does not read them. Default: false. */
  readonly inParts?: boolean;
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
 * Writes the agent for Node 24, `<folder>/prefetcher.mjs` and the parts that it loads, `prefetcher-<hash>.mjs`, and the licences of the
 * packages that are in it to `licencesFile` under `folder`. Answers what esbuild says of its files.
 */
export async function bundleAgent(folder: string): Promise<Metafile> {
  return bundleProgram({
    outfile: join(folder, "prefetcher.mjs"),
    inParts: true,
    licences: join(folder, licencesFile),
    target: "node24",
    // CommonJS packages in an ES module bundle call require for Node.js' own modules.
    around: {
      banner:
        'import{createRequire as createRequireOfNode}from"node:module";const require=createRequireOfNode(import.meta.url);',
    },
  });
}

/**
 * Writes the program that agent/main.ts is, with all it needs, and the licences of the packages that are in it. Names are kept, so
 * that a stack trace can be read.
 */
export async function bundleProgram(options: BundleOptions): Promise<Metafile> {
  const { outfile, inParts = false, licences, target, around, define = {}, plugins = [] } = options;
  const { metafile } = await build({
    entryPoints: { [parse(outfile).name]: join(root, options.entryPoint ?? "agent/main.ts") },
    ...(inParts ? partsBeside(outfile) : { outfile }),
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
    plugins: [narrowModules, builtinModulesFromProcess, ...plugins],
    logLevel: "warning",
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  await mkdir(dirname(licences), { recursive: true });
  await writeFile(licences, thirdPartyLicenses(root, bundled));
  return metafile;
}

function partsBeside(outfile: string): BuildOptions {
  const { dir, name, ext } = parse(outfile);
  return { outdir: dir, outExtension: { ".js": ext }, chunkNames: `${name}-[hash]`, splitting: true };
}
