import type { Metafile } from "esbuild";

/** What a bundle weighs, in bytes. */
export interface BundleWeight {
  /** Of the file that is started and of the parts that it imports before it runs. */
  readonly startBytes: number;
  /** Of these and of the parts that are loaded where they are asked for. */
  readonly bytes: number;
  /** What each package has in the files that are loaded at the start, the heaviest first; our own code is one of them. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
}

/** What the bundle weighs that esbuild says `metafile` of. */
export function weighBundle({ outputs }: Metafile): BundleWeight {
  const code = Object.entries(outputs).filter(([path]) => path.endsWith(".mjs"));
  const pending = code.filter(([, { entryPoint }]) => entryPoint === "agent/main.ts").map(([path]) => path);
  if (pending.length !== 1) throw new Error("the bundle has no file that is agent/main.ts");
  const started = new Set(pending);
  // The set grows as it is gone through.
  for (const path of started) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && imported in outputs) started.add(imported);
    }
  }
  const atStart = [...started].flatMap((path) => outputs[path] ?? []);
  const bytesOf = new Map<string, number>();
  for (const [path, { bytesInOutput }] of atStart.flatMap(({ inputs }) => Object.entries(inputs))) {
    const name = packageOf(path);
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytesInOutput);
  }
  const packages = [...bytesOf].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
  const sum = (files: readonly { bytes: number }[]) => files.reduce((total, { bytes }) => total + bytes, 0);
  return { startBytes: sum(atStart), bytes: sum(code.map(([, output]) => output)), packages };
}

function packageOf(path: string): string {
  return /^.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "the agent";
}
