import { MissingRequirements } from "../cluster/cluster.ts";
import { lacksToRun } from "../cluster/install/requirements.ts";

/** Throws MissingRequirements where no cluster could run: the stories are never skipped, and nobody waits to be told. */
export function refuseWhereNoClusterCanRun(): void {
  const lacks = lacksToRun();
  if (lacks.length === 0) return;
  throw new MissingRequirements([
    `npm test needs a real cluster: ${lacks.join("; ")}. \`npm run check\` needs none`,
  ]);
}
