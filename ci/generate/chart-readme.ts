import { join } from "node:path";
import { ensureParts } from "../cluster/cluster.ts";
import type { Log } from "../cluster/log.ts";
import { runCommand } from "../run-command.ts";

/**
 * The README.md of the chart in `folder`: its README.md.gotmpl, in which `{{ template "chart.valuesTable" . }}` is the table of what
 * values.yaml has. Throws where a value has no description, or one that would not survive in a table. Builds helm-docs if need be.
 */
export async function chartReadme(folder: string, log: Log): Promise<string> {
  const [tools = ""] = await ensureParts(["chart-tools"], log);
  const args = ["--chart-search-root", folder, "--dry-run", "--sort-values-order", "file"];
  const { stdout, stderr } = await runCommand(join(tools, "helm-docs"), [...args, "--log-level", "warning"], {
    // Its flags could be set by variables too.
    env: {},
  });
  // It goes on after all that goes wrong and ends with 0.
  if (stderr !== "") throw new Error(`helm-docs cannot make ${folder}/README.md:\n${stderr.trimEnd()}`);
  refuseBrokenRows(stdout, folder);
  return `<!-- Made from README.md.gotmpl and values.yaml by \`npm run generate\`; edit those. -->\n\n${stdout}`;
}

/** helm-docs' own strict mode looks for descriptions of another form, `# key -- text`, and finds none of `# -- text`. */
function refuseBrokenRows(readme: string, folder: string): void {
  const [, table = ""] =
    /^\| Key \| Type \| Default \| Description \|\n.*\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  for (const row of table.split("\n").slice(0, -1)) {
    const [key = "", , , description = "", ...further] = row.slice(1, -1).split("|");
    const about = `${folder}/values.yaml: ${key.trim()}`;
    if (description.trim() === "") {
      throw new Error(
        `${about} has no description, or one with \` --\` in it, with which helm-docs loses it`,
      );
    }
    if (further.length > 0) throw new Error(`${about} has a \`|\`, which would end its cell in README.md`);
  }
}
