import { join } from "node:path";
import { configText } from "./config-text.ts";
import type { ClusterPlan } from "./plan.ts";
import { writeFileAtomically } from "./write-file.ts";

/** Writes the kubeconfig of the identity whose NAME.crt and NAME.key are in `folder`. */
export function writeKubeconfig(
  path: string,
  cluster: ClusterPlan,
  identity: { folder: string; file: string },
): void {
  const { name, apiServer, pkiDir } = cluster;
  const context = `prefetcher-${name}`;
  const files = join(identity.folder, identity.file);
  const text = configText({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: context, cluster: { server: apiServer, "certificate-authority": join(pkiDir, "ca.crt") } },
    ],
    users: [{ name: context, user: { "client-certificate": `${files}.crt`, "client-key": `${files}.key` } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  });
  writeFileAtomically(path, text);
}
