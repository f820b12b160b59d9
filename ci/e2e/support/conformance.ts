import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../../chart/helm.ts";
import { kindSchemasFromOpenApi, type OpenApi } from "../../chart/json-schemas.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { runCommand } from "../../run-command.ts";

/** What kubeconform says of one object. */
export interface Finding {
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly status: "statusValid" | "statusInvalid" | "statusError" | "statusSkipped";
  /** What is wrong; empty where nothing is. */
  readonly msg: string;
}

/** The kinds of an API server, as kubeconform looks them up. */
export interface Conformance extends AsyncDisposable {
  /**
   * A finding for each object in the YAML text. An object of a kind that the API server does not know has the status error, unless it is
   * among `skippedKinds`, each `<apiVersion>/<kind>`.
   */
  findings(yaml: string, skippedKinds?: readonly string[]): readonly Finding[];
}

/** Writes the schemas of the cluster's API server into a temporary folder, which goes when it is disposed of. */
export async function openConformance({ environment, binDir }: Cluster): Promise<Conformance> {
  const env = { ...process.env, ...environment };
  const { stdout } = await runCommand("kubectl", ["get", "--raw", "/openapi/v2"], { env });
  const folder = await mkdtemp(join(tmpdir(), "schemas-"));
  for (const { group, version, kind, schema } of kindSchemasFromOpenApi(JSON.parse(stdout) as OpenApi)) {
    // kubeconform has the version for the group where there is none.
    const place = join(folder, group === "" ? version : group, version);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, `${kind.toLowerCase()}.json`), JSON.stringify(schema));
  }
  const location = join(folder, "{{ .Group }}/{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json");
  return {
    findings: (yaml, skippedKinds = []) => {
      const args = ["-strict", "-verbose", "-output", "json", "-schema-location", location];
      const result = runTool(join(binDir, "kubeconform"), [...args, "-skip", skippedKinds.join(",")], yaml);
      // It ends with 1 for findings and for its own failures, of which it says nothing on its standard output.
      if (result.stdout === "") throw new Error(`kubeconform ended with ${result.status}: ${result.stderr}`);
      return (JSON.parse(result.stdout) as { resources: readonly Finding[] }).resources;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
