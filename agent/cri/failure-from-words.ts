import type { FailureReason } from "../failure.ts";

interface Rule {
  readonly reason: FailureReason;
  readonly pattern: RegExp;
}

/** What an answer of a registry with this HTTP status code means; undefined where it is no failure that has a name. */
export function reasonOfHttpStatus(statusCode: number): FailureReason | undefined {
  if (statusCode === 429) return "throttled";
  if (statusCode === 401 || statusCode === 403) return "unauthorized";
  if (statusCode === 404) return "not_found";
  return statusCode === 408 || (statusCode >= 500 && statusCode < 600) ? "unavailable" : undefined;
}

// The codes that registries have agreed on, as containerd writes them.
const registryErrors: ReadonlyMap<string, FailureReason> = new Map([
  ["toomanyrequests", "throttled"],
  ["unauthorized", "unauthorized"],
  ["denied", "unauthorized"],
  ["unavailable", "unavailable"],
  ["name unknown", "not_found"],
  ["manifest unknown", "not_found"],
  ["blob unknown", "not_found"],
]);

/** What the first known error of a registry in this text means; each begins a line, as in `toomanyrequests: slow down`. */
export function reasonOfRegistryError(text: string): FailureReason | undefined {
  for (const [, code = ""] of text.matchAll(/^([a-z ]+)(?::|$)/gm)) {
    const reason = registryErrors.get(code);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

// What the runtime or the registry says of itself; each line has an example in the tables of
// failure-from-error.test.ts. Nearly every text quotes the image's name, which may hold any word and number but no white
// space: what a name could be is looked for behind white space only.
const rules: readonly Rule[] = [
  { reason: "no_space", pattern: /no space left on device|disk quota exceeded|read-only file system/ },
  {
    reason: "no_platform",
    pattern: /no match for platform|no image found in (?:manifest list|image index) for architecture/,
  },
  { reason: "signature", pattern: /SignatureValidationFailed/ },
  {
    reason: "corrupt",
    pattern:
      /unexpected commit (?:digest|size)|failed size validation|read past expected size|Digest did not match, expected/,
  },
  { reason: "invalid_reference", pattern: /failed to parse image reference|invalid reference format/ },
  { reason: "throttled", pattern: /toomanyrequests:/ },
  {
    reason: "unauthorized",
    pattern:
      /authorization failed|requested access to the resource is denied|(?<!\S)unauthorized(?![\w./@-])/,
  },
  {
    reason: "unavailable",
    pattern:
      /connection (?:refused|reset)|connect: |i\/o timeout|tls: |x509: |TLS handshake timeout|timeout awaiting|Client\.Timeout|server gave HTTP response|no such host|server misbehaving|unexpected EOF|: EOF\b|context (?:canceled|deadline exceeded)|reports content size of zero|RegistryUnavailable/,
  },
  { reason: "not_found", pattern: /(?:manifest|name) unknown/ },
];

/** What a text means that a runtime gave for a failed pull. Takes time in proportion to the text. */
export function reasonOfWords(text: string): FailureReason | undefined {
  const words = withoutNames(text);
  // Before all else: a registry's "500 ... no space left on device" is about the registry's disk.
  return reasonOfStatusIn(words) ?? rules.find(({ pattern }) => pattern.test(words))?.reason;
}

/** By the HTTP status code in words such as `unexpected status from GET request to ...: 429 Too Many Requests`. */
function reasonOfStatusIn(words: string): FailureReason | undefined {
  for (const line of words.split("\n")) {
    const start = line.search(/\bstatus\b/i);
    const [, digits] = start === -1 ? [] : (/\s([1-5]\d\d)(?=[\s(]|$)/.exec(line.slice(start)) ?? []);
    if (digits !== undefined) return reasonOfHttpStatus(Number(digits));
  }
  return undefined;
}

/** Images' names and URLs mean nothing; where they are quoted, they have no white space in them. */
function withoutNames(text: string): string {
  return text.replace(/"[^"\s]*"/g, '""');
}
