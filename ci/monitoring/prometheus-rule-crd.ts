import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goEnvironment } from "../cluster/install/go-toolchain.ts";
import { runCommand } from "../run-command.ts";

// The newest that the Go module proxy has; the sum is what go.sum would have.
const module = "github.com/prometheus-operator/prometheus-operator@v0.85.0";
const sum = "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=";
const path = "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml";

/** The Prometheus Operator's own CustomResourceDefinition of PrometheusRule, as YAML; a download of 5 MB where Go does not have it yet. */
export async function prometheusRuleCrd(): Promise<string> {
  const { GOFLAGS: _, ...env } = goEnvironment({ cgo: false });
  // Outside of every module, or Go would look for it among that one's.
  const { stdout } = await runCommand("go", ["mod", "download", "-json", module], { env, cwd: tmpdir() });
  const { Dir, Sum } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== sum) throw new Error(`${module} has another content than it had: ${Sum}`);
  return await readFile(join(Dir, path), "utf8");
}
