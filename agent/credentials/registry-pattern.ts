/** What a key of a docker config, or a line of a provider's `matchImages`, says: a host, perhaps a port, perhaps a path. */
export interface RegistryPattern {
  /** Host, port and path in one, without scheme: `*.example.com:5000/team`. More of a path sorts behind less of it. */
  readonly text: string;
  /** The host's labels; in each of them `*` stands for any run of characters. */
  readonly labels: readonly string[];
  /** Empty where there is none: no port is a port's default. */
  readonly port: string;
  /** What the repository's path begins with, from its slash on; empty for all. */
  readonly path: string;
}

// Scheme, user, host and path; a query or fragment is no part of any.
const locationPattern = /^(?:https?:\/\/)?(?:[^@/?#]*@)?([^/?#]*)([^?#]*)/;
const hostPattern = /^([\w.*-]+|\[[0-9a-fA-F:]+\])(?::([0-9]*))?$/;

/** The pattern that `text` is by the kubelet's rules; undefined where it names no host. */
export function patternFrom(text: string): RegistryPattern | undefined {
  const [, location = "", fullPath = ""] = locationPattern.exec(text) ?? [];
  const [, writtenHost, port = ""] = hostPattern.exec(location) ?? [];
  if (writtenHost === undefined) return undefined;
  // Docker's own name for its registry, by which `docker login` keeps the credential, is not the one that images have.
  const host = writtenHost === "index.docker.io" ? "docker.io" : writtenHost;
  // Docker keeps the API's version in the key, which no image reference has.
  const stripped = fullPath.replace(/^\/v[12](?=\/)/, "");
  const path = stripped === "/" ? "" : stripped;
  return { text: `${host}${port === "" ? "" : `:${port}`}${path}`, labels: host.split("."), port, path };
}

/**
 * Whether the pattern is for images of `repositoryName`, registry and repository in full. As many labels as the host has, each
 * matched by its own; the same port; a path that the repository's begins with. Never by a part of a name: what is for `cr.io`
 * is not for `ghcr.io`.
 */
export function matches({ labels, port, path }: RegistryPattern, repositoryName: string): boolean {
  const slash = repositoryName.indexOf("/");
  if (slash === -1 || !repositoryName.startsWith(path, slash)) return false;
  const [, host = "", imagePort = ""] = hostPattern.exec(repositoryName.slice(0, slash)) ?? [];
  if (port !== imagePort) return false;
  const imageLabels = host.split(".");
  return (
    imageLabels.length === labels.length &&
    labels.every((label, index) => isLike(imageLabels[index] ?? "", label))
  );
}

/** Whether `*` in the pattern can stand for something each. Takes time in proportion to the text: each part is looked for once. */
function isLike(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
