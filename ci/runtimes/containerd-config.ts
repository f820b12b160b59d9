import { join } from "node:path";

/** The configuration's format: 2 for containerd 1.x, 3 for 2.x. */
export type ConfigVersion = 2 | 3;

/** The configuration of a containerd whose every file is below `folder`. */
export function containerdConfig(folder: string, version: ConfigVersion): string {
  const images = version === 3 ? "io.containerd.cri.v1.images" : "io.containerd.grpc.v1.cri";
  const runtime = version === 3 ? "io.containerd.cri.v1.runtime" : "io.containerd.grpc.v1.cri";
  return `version = ${version}
root = "${join(folder, "root")}"
state = "${join(folder, "state")}"
# They would make folders and sockets elsewhere on the host.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]

[grpc]
  address = "${join(folder, "containerd.sock")}"

[plugins.'${images}'.registry]
  config_path = "${join(folder, "hosts")}"

[plugins.'${runtime}']
  # Lowering oom_score_adj is not permitted everywhere.
  restrict_oom_score_adj = true
${progressTimeout(version)}`;
}

/** containerd 1.6 has no such limit. */
function progressTimeout(version: ConfigVersion): string {
  return version === 3
    ? `\n[plugins.'io.containerd.cri.v1.images']\n  image_pull_progress_timeout = "1s"\n`
    : "";
}
