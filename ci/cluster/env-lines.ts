/** `export` lines for a POSIX shell, to be read by `eval "$(...)"`. */
export function envLines(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
}
