import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chartReadme } from "./chart-readme.ts";

const table = '{{ template "chart.valuesTable" . }}';

describe("chartReadme()", () => {
  it("is the template, with a row for each value in the order of values.yaml", async () => {
    const values = ["# -- Last.", 'zone: ""', "first:", "  # -- First.", "  list: [1, 2]"];
    assert.equal(
      await readmeFor({ values, template: `# A chart\n\n${table}\n\n## Limits\n` }),
      `<!-- Made from README.md.gotmpl and values.yaml by \`npm run generate\`; edit those. -->

# A chart

| Key | Type | Default | Description |
|-----|------|---------|-------------|
| zone | string | \`""\` | Last. |
| first.list | list | \`[1,2]\` | First. |

## Limits
`,
    );
  });

  it("has a description's markdown, braces and brackets as they are written", async () => {
    const text =
      "`{ref: REF}`, `[{operator: Exists}]`, {{ .Release.Name }}, `{{ .x }}`, `<a>` & *b*, `--flag=NUMBER`.";
    const readme = await readmeFor({ values: [`# -- ${text}`, "a: 1"] });
    assert.ok(readme.includes(`| a | int | \`1\` | ${text} |\n`), readme);
  });

  it("has a default's own signs, too", async () => {
    const readme = await readmeFor({ values: ["# -- A.", 'a: {"<b>": "& {{ c }}"}'] });
    assert.match(readme, /\| `\{"<b>":"& \{\{ c \}\}"\}` \| A\. \|/);
  });

  const refused: Record<string, { values: readonly string[]; because: RegExp }> = {
    "a value without a description": {
      values: ["# -- A.", "a: 1", "b: 2"],
      because: /values\.yaml: b has no description/,
    },
    "a description that helm-docs loses": {
      values: ["# -- A, as `tool --flag` says.", "a: 1"],
      because: /values\.yaml: a has no description, or one with ` --` in it/,
    },
    "a description that would end its cell": {
      values: ["# -- Either `a|b`.", "a: 1"],
      because: /values\.yaml: a has a `\|`/,
    },
    "values that are no YAML": { values: ["a: ["], because: /helm-docs cannot make/ },
  };
  for (const [what, { values, because }] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(readmeFor({ values }), because);
    });
  }

  it("takes no flags from variables", async () => {
    process.env.HELM_DOCS_IGNORE_NON_DESCRIPTIONS = "true";
    try {
      await assert.rejects(readmeFor({ values: ["a: 1"] }), /a has no description/);
    } finally {
      delete process.env.HELM_DOCS_IGNORE_NON_DESCRIPTIONS;
    }
  });

  it("refuses a template that cannot be rendered", async () => {
    const template = "{{ .NoSuchField }}\n";
    await assert.rejects(readmeFor({ values: ["# -- A.", "a: 1"], template }), /NoSuchField/);
  });
});

/** The README of a small chart with these lines of values.yaml. */
async function readmeFor(chart: { values: readonly string[]; template?: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chart-readme-"));
  try {
    await writeFile(join(folder, "Chart.yaml"), "apiVersion: v2\nname: small\nversion: 0.1.0\n");
    await writeFile(join(folder, "values.yaml"), `${chart.values.join("\n")}\n`);
    await writeFile(join(folder, "README.md.gotmpl"), chart.template ?? `${table}\n`);
    return await chartReadme(folder, () => {});
  } finally {
    await rm(folder, { recursive: true });
  }
}
