/** The argument as a shell reads it: what a cluster says may be copied into one. */
export function shellWord(argument: string): string {
  return /^[\w./:@=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
