import { runCommand } from "../run-command.ts";
import type { BuiltImage } from "./build-image.ts";

/** How the registry is reached. */
export interface PushOptions {
  /** Speak plain http, as to a local registry. Default: https. */
  readonly plainHttp?: boolean;
}

/**
 * Pushes all platforms of the image to `reference` (`registry/repository:tag`), with the credentials that
 * `skopeo login` or `docker login` left. Answers the digest to pull it by, `sha256:...`.
 */
export async function pushImage(
  image: BuiltImage,
  reference: string,
  options: PushOptions = {},
): Promise<string> {
  const tls = `--dest-tls-verify=${options.plainHttp === true ? "false" : "true"}`;
  await runCommand("skopeo", [
    "--insecure-policy",
    "copy",
    "--quiet",
    "--all",
    tls,
    `oci:${image.layout}:latest`,
    `docker://${reference}`,
  ]);
  const inspectTls = tls.replace("--dest-", "--");
  const format = ["--format", "{{.Digest}}", "--no-tags"];
  const { stdout } = await runCommand("skopeo", ["inspect", inspectTls, ...format, `docker://${reference}`]);
  return stdout.trim();
}
