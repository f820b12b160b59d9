/** What a line of the list says: the reference, and the options behind it. */
export interface EntryLine {
  readonly imageReference: string;
  /** ` required=false` makes it false: the image is pulled and reported, and never touches the label. */
  readonly isRequired: boolean;
  /** ` platforms=linux/amd64,...`: the platforms of the nodes that it is meant for; none given, all nodes. */
  readonly platforms: readonly string[];
}

export type ParsedLine =
  | ({ readonly kind: "entry" } & EntryLine)
  | { readonly kind: "invalid"; readonly message: string };

const platformPattern = /^[a-z0-9]+\/[a-z0-9]+$/;

/** Reads a line, or says in a sentence what is wrong with its options. The reference itself is not looked at. */
export function parseEntryLine(line: string): ParsedLine {
  const [imageReference = "", ...options] = line.trim().split(/\s+/);
  let isRequired: boolean | undefined;
  let platforms: readonly string[] | undefined;
  for (const option of options) {
    const [name, value = ""] = splitAtEquals(option);
    if (name === "required" && isRequired === undefined && (value === "true" || value === "false")) {
      isRequired = value === "true";
    } else if (name === "platforms" && platforms === undefined && isPlatformList(value)) {
      platforms = [...new Set(value.split(","))].sort();
    } else {
      return { kind: "invalid", message: `${JSON.stringify(option)} ${whyWrong(name)}` };
    }
  }
  return { kind: "entry", imageReference, isRequired: isRequired ?? true, platforms: platforms ?? [] };
}

/** The one spelling of an entry, as it stands in the revision: the chart writes the same (`prefetcher.entryLine`). */
export function lineFromEntry({ imageReference, isRequired, platforms }: EntryLine): string {
  const required = isRequired ? "" : " required=false";
  return `${imageReference}${required}${platforms.length === 0 ? "" : ` platforms=${platforms.join(",")}`}`;
}

function splitAtEquals(option: string): readonly [name: string, value?: string] {
  const at = option.indexOf("=");
  return at === -1 ? [option] : [option.slice(0, at), option.slice(at + 1)];
}

function isPlatformList(value: string): boolean {
  return value.split(",").every((platform) => platformPattern.test(platform));
}

function whyWrong(name: string): string {
  if (name === "required") return "is not required=true or required=false, given once";
  if (name === "platforms") return "is not platforms=os/arch,... such as platforms=linux/amd64, given once";
  return "is no option of an entry: required=false and platforms=os/arch,... may follow the reference";
}
