import { type HostProgram, installPrograms, missingPrograms } from "../cluster/install/host-programs.ts";
import { lacksToInstall, MissingRequirements } from "../cluster/install/requirements.ts";
import type { Platform } from "./platform.ts";

/**
 * Sees to it that the machine has what building the image for `platforms`, and pushing it, takes. Throws
 * MissingRequirements where that cannot be installed here.
 */
export async function ensureImagePrograms(
  platforms: readonly Platform[],
  log: (line: string) => void,
): Promise<void> {
  const missing = missingPrograms(programsFor(platforms));
  const lacks = lacksToInstall(missing);
  if (lacks.length > 0) throw new MissingRequirements(lacks);
  if (missing.length > 0) await installPrograms(missing, log);
}

function programsFor(platforms: readonly Platform[]): readonly HostProgram[] {
  return [
    { file: "apt-get", package: "apt" },
    { file: "dpkg-deb", package: "dpkg" },
    { file: "buildah", package: "buildah" },
    { file: "skopeo", package: "skopeo" },
    { file: "tar", package: "tar" },
    { file: "flock", package: "util-linux" },
    ...platforms.map(({ strip }) => strip),
  ];
}
