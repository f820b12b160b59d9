import type {
  DiskFinding,
  ImageFinding,
  ImageState,
  LabelFinding,
  ListFinding,
  NodeFindings,
  RuntimeFinding,
} from "./findings.ts";

/**
 * The findings in a pod's log: its last line that is such a document, whole, whatever else was written to stdout and stderr around it.
 * Undefined where there is none.
 */
export function findingsInLog(log: string): NodeFindings | undefined {
  return log
    .split("\n")
    .reverse()
    .map(findingsFromLine)
    .find((found) => found !== undefined);
}

function findingsFromLine(line: string): NodeFindings | undefined {
  try {
    const found: unknown = JSON.parse(line);
    return areFindings(found) ? (found as NodeFindings) : undefined;
  } catch {
    // A line of Node.js' own, or one that was cut off.
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isYesOrNo: Check = (value) => typeof value === "boolean";

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** Whether a value is an object with these fields; others may stand beside them. */
function objectOf<Shape>(checks: { readonly [Field in keyof Shape]-?: Check }): Check {
  const fields = Object.entries<Check>(checks);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    fields.every(([field, check]) => check((value as Readonly<Record<string, unknown>>)[field]));
}

const states: Readonly<Record<ImageState, true>> = {
  present: true,
  missing: true,
  unknown: true,
  skipped: true,
  invalid: true,
};

const areFindings = objectOf<NodeFindings>({
  v: (value) => value === 1,
  agent: isText,
  node: isText,
  instance: isText,
  owner: isText,
  platform: isText,
  runtime: objectOf<RuntimeFinding>({
    socket: isText,
    version: optional(
      objectOf<NonNullable<RuntimeFinding["version"]>>({ name: isText, version: isText, apiVersion: isText }),
    ),
    sockets: listOf(isText),
    problem: optional(isText),
  }),
  list: objectOf<ListFinding>({
    entries: isNumber,
    pullPolicy: isText,
    revision: optional(isText),
    problem: optional(isText),
  }),
  images: listOf(
    objectOf<ImageFinding>({
      image: isText,
      isRequired: isYesOrNo,
      state: (value) => isText(value) && Object.hasOwn(states, value as string),
      imageId: optional(isText),
      message: optional(isText),
      credentials: optional(listOf(isText)),
      lastFailure: optional(isText),
    }),
  ),
  credentialProblems: listOf(isText),
  disk: objectOf<DiskFinding>({
    freeBytes: isNumber,
    totalBytes: isNumber,
    minFreePercent: isNumber,
    isUnderDiskPressure: optional(isYesOrNo),
    problem: optional(isText),
  }),
  label: objectOf<LabelFinding>({
    key: isText,
    value: optional(isText),
    owner: optional(isText),
    revision: optional(isText),
    finishedAt: optional(isText),
    isWritable: optional(isYesOrNo),
    problem: optional(isText),
  }),
});
