/** Those fields of `record` that are not undefined: neither JSON nor an optional field of our types has it as a value. */
export function given<Fields extends object>(
  record: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const there = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
