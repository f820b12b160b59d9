import { MissingRequirements } from "../cluster/cluster.ts";
import { lacksToRun } from "../cluster/install/requirements.ts";

/** Throws MissingRequirements where no cluster could run, for `command`: nothing is ever skipped, and nobody waits to be told. */
export function refuseWhereNoClusterCanRun(command = "npm test"): void {
  const lacks = lacksToRun();
  if (lacks.length === 0) return;
  throw new MissingRequirements([
    `${command} needs a real cluster: ${lacks.join("; ")}. \`npm run check\` needs none`,
  ]);
}
