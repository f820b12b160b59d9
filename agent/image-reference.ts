/** The parts of an image reference, with the defaults that a runtime would add. */
export interface ImageReference {
  /** Host, with a port if one is given; `docker.io` by default. */
  readonly registry: string;
  /** Path, e.g. `library/nginx`. */
  readonly repository: string;
  /** `latest` where the reference has neither tag nor digest. */
  readonly tag: string | undefined;
  /** `sha256:...` */
  readonly digest: string | undefined;
}

// The grammar of references as the distribution project defines it, piece by piece.
const alphanumeric = "[a-z0-9]+";
const separator = "(?:[._]|__|-+)";
const pathComponent = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domainName = `${domainComponent}(?:\\.${domainComponent})*`;
const ipv6Address = "\\[(?:[a-fA-F0-9:]+)\\]";
const domain = `(?:${domainName}|${ipv6Address})(?::[0-9]+)?`;
const name = `(?:${domain}/)?${pathComponent}(?:/${pathComponent})*`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";

const referencePattern = new RegExp(`^(${name})(?::(${tag}))?(?:@(${digest}))?$`);

const imageIdPattern = /^(?:sha256:)?[0-9a-f]{64}$/;

// A repository's name, with its registry, is at most this long (distribution's NameTotalLengthMax).
const maxNameLength = 255;

const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

export type ParsedReference =
  | { readonly kind: "reference"; readonly reference: ImageReference }
  | { readonly kind: "invalid"; readonly message: string };

/** The parts of `text`, or a sentence that says why it is no image reference. Never throws. */
export function parseImageReference(text: string): ParsedReference {
  const invalid = (why: string): ParsedReference => ({ kind: "invalid", message: `${quoted(text)} ${why}` });
  // It matches the grammar, but runtimes would take it for the ID that it is, and no registry is asked for an ID.
  if (imageIdPattern.test(text)) return invalid("is an image ID, not a reference");
  const match = referencePattern.exec(text);
  if (match === null) return invalid(whyInvalid(text));
  const [, fullName = "", tagPart, digestPart] = match;
  const { registry, repository } = splitName(fullName);
  if (`${registry}/${repository}`.length > maxNameLength) {
    return invalid(`has a name of more than ${maxNameLength} characters`);
  }
  const wrongDigest = digestPart === undefined ? undefined : whyWrongDigest(digestPart);
  if (wrongDigest !== undefined) return invalid(wrongDigest);
  const tagOrDefault = tagPart ?? (digestPart === undefined ? "latest" : undefined);
  return { kind: "reference", reference: { registry, repository, tag: tagOrDefault, digest: digestPart } };
}

/**
 * The one full spelling of a reference: `nginx` and `docker.io/library/nginx:latest` come to the same. Two
 * references with the same spelling are the same image, so it is pulled once. Only for comparing: a runtime is
 * always asked for what the user wrote, since short names are its business.
 */
export function normalisedName(reference: ImageReference): string {
  // With a digest the tag says nothing: runtimes pull by the digest.
  const suffix = reference.digest === undefined ? `:${reference.tag}` : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${suffix}`;
}

/** As Docker does it: the first part is a registry only if it cannot be a user's name on Docker Hub. */
function splitName(fullName: string): { registry: string; repository: string } {
  const slash = fullName.indexOf("/");
  const first = slash === -1 ? "" : fullName.slice(0, slash);
  const isRegistry = /[.:[]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const registry = isRegistry ? first : "docker.io";
  const rest = isRegistry ? fullName.slice(slash + 1) : fullName;
  const isHub = registry === "docker.io" || registry === "index.docker.io";
  return {
    registry: isHub ? "docker.io" : registry,
    repository: isHub && !rest.includes("/") ? `library/${rest}` : rest,
  };
}

function whyWrongDigest(digestText: string): string | undefined {
  const [algorithm = "", hex = ""] = digestText.split(":");
  const length = digestLengths[algorithm];
  if (length === undefined) return `has a digest of the unknown kind ${quoted(algorithm)}; use sha256`;
  if (hex.length === length && hex === hex.toLowerCase()) return undefined;
  return `has a ${algorithm} digest that is not ${length} lower-case hex digits`;
}

function whyInvalid(text: string): string {
  if (text === "") return "is empty";
  if (/\s/.test(text)) return "has white space in it";
  if (/^[a-z]+:\/\//.test(text)) return "starts with a scheme; write the registry without it";
  const beforeDigest = text.split("@", 1)[0] ?? "";
  const colon = beforeDigest.lastIndexOf(":");
  const repository = colon > beforeDigest.lastIndexOf("/") ? beforeDigest.slice(0, colon) : beforeDigest;
  if (repository !== repository.toLowerCase()) return "has upper-case letters in its repository";
  return "is no image reference: registry/repository:tag or registry/repository@sha256:digest";
}

/** `text` in quotes, control characters escaped, cut to what a log line bears. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}...` : text);
}
