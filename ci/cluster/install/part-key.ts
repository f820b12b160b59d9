import { createHash } from "node:crypto";

/** Everything that decides what a part's binaries are. */
export interface PartInputs {
  /** go.mod, go.sum and Go files, by file name. */
  readonly sources: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
  readonly flags: readonly string[];
  readonly cgo: boolean;
  readonly renames?: Readonly<Record<string, string>> | undefined;
  /** As `go env GOVERSION` prints it. */
  readonly goVersion: string;
  readonly architecture: string;
}

/** 16 hex digits that change whenever one of the inputs does, and only then. */
export function partKey(inputs: PartInputs): string {
  const sources = Object.entries(inputs.sources).sort(([a], [b]) => (a < b ? -1 : 1));
  const { packages, flags, cgo, renames, goVersion, architecture } = inputs;
  const text = JSON.stringify({ sources, packages, flags, cgo, renames, goVersion, architecture });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
