import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The TypeScript files (absolute paths), those first that load the fewest others by relative imports. Among test files
 * that is the order in which a mutant is found soonest: the test of its own file loads less than those of the files
 * above it.
 */
export async function leastReachingFirst(paths: readonly string[]): Promise<string[]> {
  const imports = new Map<string, readonly string[]>();
  const reach = async (path: string, reached: Set<string>) => {
    if (reached.has(path)) return reached;
    reached.add(path);
    const next = imports.get(path) ?? (await importsOf(path));
    imports.set(path, next);
    for (const other of next) await reach(other, reached);
    return reached;
  };
  const sizes = new Map<string, number>();
  for (const path of paths) sizes.set(path, (await reach(path, new Set())).size);
  return paths.toSorted((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
}

/** What the file loads; types are erased. */
async function importsOf(path: string): Promise<readonly string[]> {
  const source = await readFile(path, "utf8");
  const found = source.matchAll(/^(?:import|export|\}) (?!type )(?:.* )?from "(\.[^"]*\.ts)"/gm);
  return [...found].map(([, to = ""]) => join(path, "..", to));
}
