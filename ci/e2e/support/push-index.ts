import { pushImage } from "../../cluster/registry-push.ts";
import { testCluster } from "./scene.ts";

const indexType = "application/vnd.oci.image.index.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** Pushes an image index of one empty image, which is for `os/architecture`, to the test cluster's registry. */
export async function pushIndexFor(repository: string, tag: string, platform: string): Promise<void> {
  const [os = "", architecture = ""] = platform.split("/");
  const { registry } = testCluster();
  const digest = await pushImage(
    registry,
    { repository, tag: `${tag}-${architecture}` },
    { layers: [], config: { architecture, os, config: {} } },
  );
  const manifests = `http://${registry}/v2/${repository}/manifests`;
  const manifest = await fetch(`${manifests}/${digest}`, { headers: { accept: manifestType } });
  const size = (await manifest.arrayBuffer()).byteLength;
  const index = {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [{ mediaType: manifestType, digest, size, platform: { os, architecture } }],
  };
  const headers = { "content-type": indexType };
  const answer = await fetch(`${manifests}/${tag}`, { method: "PUT", headers, body: JSON.stringify(index) });
  if (!answer.ok) throw new Error(`the registry does not take the index of ${repository}: ${answer.status}`);
}
