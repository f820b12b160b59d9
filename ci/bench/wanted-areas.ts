/** The areas of the bench, in the order in which they run. */
export const areaNames = ["transfer", "footprint", "fleet", "herd"] as const;

export type AreaName = (typeof areaNames)[number];

/** An area that is to run, and the part of it that is wanted: undefined is all. */
export interface WantedArea {
  readonly area: AreaName;
  readonly part: string | undefined;
}

/**
 * What `--only` asks for: an area (`fleet`), a part of one (`footprint/warm`), or the name of a transfer scenario or the beginning of one
 * (`link`). Undefined asks for everything. Throws a sentence that lists what there is.
 */
export function wantedAreas(only: string | undefined, scenarios: readonly string[]): readonly WantedArea[] {
  if (only === undefined) return areaNames.map((area) => ({ area, part: undefined }));
  const [first = "", ...rest] = only.split("/");
  const area = areaNames.find((name) => name === first);
  if (area !== undefined) return [{ area, part: rest.length === 0 ? undefined : rest.join("/") }];
  if (only !== "" && scenarios.some((name) => name.startsWith(only)))
    return [{ area: "transfer", part: only }];
  const known = [...areaNames, ...scenarios].join(", ");
  throw new Error(`--only ${only}: there is no such area or scenario. There are ${known}`);
}
