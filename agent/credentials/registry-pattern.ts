import { isIPv6 } from "node:net";

/** What a key of a docker config, or a line of a provider's `matchImages`, says: a host, perhaps a port, perhaps a path. */
export interface RegistryPattern {
  /** Host, port and path in one, without scheme: `*.example.com:5000/team`. More of a path sorts behind less of it. */
  readonly text: string;
  /** The host's labels, each in the pieces that its `*` leave, which stand for any run of characters. */
  readonly labels: readonly (readonly string[])[];
  /** Empty where there is none: no port is a port's default. */
  readonly port: string;
  /** What the repository's path begins with, from its slash on; empty for all. */
  readonly path: string;
}

const escaped = "%[0-9a-fA-F]{2}";
const user = `(?:[\\w.:~!$&'()*+,;=@-]|${escaped})*@`;
// No control character, and no `#`, with which a fragment begins.
const inQuery = '[ -"$-~\\u0080-\\uffff]';
// Host and path; scheme, user, query and fragment are no part of a pattern, but keep it from being one where no URL could have them.
const keyPattern = new RegExp(
  `^(?:https?://)?(?:${user})?([^@/?#]*)(/[^?#]*)?(?:\\?${inQuery}*)?(?:#(?:[^%]|${escaped})*)?$`,
);
const hostPattern = /^(?:([\w.*-]+)|\[([0-9a-fA-F:]+)\])(?::([0-9]*))?$/;

/** The pattern that `text` is by the kubelet's rules; undefined where it names no host. */
export function patternFrom(text: string): RegistryPattern | undefined {
  const [, written = "", escapedPath = ""] = keyPattern.exec(text) ?? [];
  // Docker's own name for its registry, by which `docker login` keeps the credential, is not the one that images have.
  const location = written.replace(/^index\.docker\.io(?=:|$)/, "docker.io");
  const host = hostFrom(location);
  if (host === undefined) return undefined;
  // Docker keeps the API's version in the key, which no image reference has.
  const stripped = unescaped(escapedPath).replace(/^\/v[12](?=\/)/, "");
  const path = stripped === "/" ? "" : stripped;
  return { text: `${location}${path}`, labels: host.labels.map(piecesOf), port: host.port, path };
}

/** A host's labels and its port; undefined where the text is no host. */
function hostFrom(text: string): Pick<Location, "labels" | "port"> | undefined {
  const [, name, address = "", port] = hostPattern.exec(text) ?? [];
  if (name !== undefined) return { labels: name.split("."), port: port ?? "" };
  if (!isIPv6(address)) return undefined;
  // The kubelet takes an address out of its brackets only where a port follows, which a `*` notices.
  return { labels: [port === undefined ? `[${address}]` : address], port: port ?? "" };
}

// Byte by byte: images have ASCII alone, so whatever else comes of it matches none.
const unescaped = (path: string) =>
  path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const piecesOf = (label: string) => label.split("*");

/** A repository as patterns are matched with it. */
export interface Location {
  readonly labels: readonly string[];
  readonly port: string;
  /** From its slash on. */
  readonly path: string;
}

/** Where the repository is by its name, registry and repository in full; undefined where that is none. */
export function locationOf(repositoryName: string): Location | undefined {
  const slash = repositoryName.indexOf("/");
  if (slash === -1) return undefined;
  const host = hostFrom(repositoryName.slice(0, slash));
  return host === undefined ? undefined : { ...host, path: repositoryName.slice(slash) };
}

/**
 * Whether the pattern is for images of that repository. As many labels as the host has, each matched by its own; the same port;
 * a path that the repository's begins with. Never by a part of a name: what is for `cr.io` is not for `ghcr.io`.
 */
export function matches({ labels, port, path }: RegistryPattern, location: Location): boolean {
  return (
    location.path.startsWith(path) &&
    location.port === port &&
    location.labels.length === labels.length &&
    labels.every((label, index) => isLike(location.labels[index] ?? "", label))
  );
}

/** Whether the text is the pieces with something, or nothing, between them. Each piece is looked for once. */
function isLike(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found === -1 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
