/** What Go, and so Kubernetes and image indexes, call Node.js' architectures, where the two differ. */
const goArchitectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** The platform `os/arch`, e.g. `linux/amd64`, of Node.js' `process.platform` and `process.arch`. */
export function platformFrom(os: string, architecture: string): string {
  return `${os}/${goArchitectures[architecture] ?? architecture}`;
}
