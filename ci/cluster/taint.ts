/** A taint as the Kubernetes API has it. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** The taint that kubectl would read from `key=value:Effect` or `key:Effect`. Throws a sentence on anything else. */
export function parseTaint(text: string): Taint {
  const [, key, value, effect] =
    /^([^=:]+)(?:=([^=:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? [];
  if (key === undefined || effect === undefined) {
    throw new Error(`"${text}" is no taint such as key=value:NoSchedule`);
  }
  return value === undefined ? { key, effect } : { key, value, effect };
}
