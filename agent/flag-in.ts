/** The value of `--<flag>` among a container's arguments, of which the last counts, as for the agent itself; undefined for none. */
export function flagIn(args: readonly string[], flag: string): string | undefined {
  const start = `--${flag}=`;
  return args
    .map((arg, index) => (arg === `--${flag}` ? args[index + 1] : valueAfter(start, arg)))
    .findLast((value) => value !== undefined);
}

function valueAfter(start: string, arg: string): string | undefined {
  return arg.startsWith(start) ? arg.slice(start.length) : undefined;
}
