/** The version of a module that a go.mod requires, such as `v2.4.2`. Throws where it does not name the module. */
export function pinnedVersion(goMod: string, module: string): string {
  const words = goMod.split("\n").map((line) =>
    line
      .trim()
      .replace(/^require /, "")
      .split(/\s+/),
  );
  const [, version] = words.find(([name, second = ""]) => name === module && second.startsWith("v")) ?? [];
  if (version === undefined) throw new Error(`no version of ${module} is required there`);
  return version;
}
