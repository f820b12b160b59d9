import type { HostProgram } from "../cluster/install/host-programs.ts";
import type { Platform } from "./platform.ts";

/** What building the image for `platforms`, and pushing it, takes from the machine. */
export function imagePrograms(platforms: readonly Platform[]): readonly HostProgram[] {
  return [
    { file: "buildah", package: "buildah" },
    { file: "skopeo", package: "skopeo" },
    { file: "tar", package: "tar" },
    ...platforms.map(({ strip }) => strip),
  ];
}
