import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { chart } from "./helm.ts";

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** One value as one of the three places has it. */
interface Value {
  readonly key: string;
  readonly description: string;
}

// What Helm and a parent chart may set, and no user of the chart does.
const notForUsers = new Set(["global", "enabled"]);

const schema = JSON.parse(read("values.schema.json")) as Schema;
const document = parseDocument(read("values.yaml"));
const fromSchema = valuesFromSchema(schema).filter(({ key }) => !notForUsers.has(key));
const [, table = ""] =
  /^\| Key \| Type \| Default \| Description \|\n.*\n((?:\|.*\n)+)/m.exec(read("README.md")) ?? [];
const readmeRows = table
  .split("\n")
  .slice(0, -1)
  .map((row) => row.slice(2, -2).split(" | "))
  .map(([key = "", type = "", value = "", ...description]) => {
    return { key, type, value: value.slice(1, -1), description: description.join(" | ") };
  });

describe("the values", () => {
  it("have the same keys and descriptions in values.yaml as in the schema", () => {
    assert.ok(isMap(document.contents));
    assert.deepEqual(valuesFromYaml(document.contents), fromSchema);
  });

  it("have the same keys and descriptions in README.md as in the schema", () => {
    assert.deepEqual(
      readmeRows.map(({ key, description }) => ({ key, description })),
      fromSchema,
    );
  });

  it("have the same defaults and their types in README.md as in values.yaml", () => {
    for (const { key, type, value } of readmeRows) {
      const expected = valueAt(document.toJS(), key.split("."));
      assert.deepEqual(JSON.parse(value), expected, key);
      assert.equal(type, typeOf(expected), key);
    }
  });

  it("are all in the file that sets every value, so that each is rendered and checked", () => {
    const everything = parseDocument(read("ci/everything-values.yaml")).toJS() as unknown;
    const isLeftOut = (key: string) => key.startsWith("existingList.");
    const unset = fromSchema.filter(({ key }) => !isLeftOut(key) && !isSet(everything, key.split(".")));
    assert.deepEqual(unset, []);
  });

  it("are described in whole sentences", () => {
    for (const { key, description } of fromSchema) assert.match(description, /^[A-Z`].*\.$/, key);
  });
});

describe("the schema", () => {
  it("is closed at every map of the chart's own, so that a misspelt key is refused", () => {
    for (const [path, map] of ownMaps(schema)) {
      assert.equal((map as { additionalProperties?: unknown }).additionalProperties, false, path);
    }
  });
});

function read(file: string): string {
  return readFileSync(`${chart}/${file}`, "utf8");
}

/** The values that have a description; a map that has one is a value as a whole, and its parts are Kubernetes's. */
function valuesFromSchema(node: Schema, path: readonly string[] = []): readonly Value[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = [...path, name];
    if (child.description !== undefined) return [{ key: key.join("."), description: child.description }];
    return valuesFromSchema(child, key);
  });
}

function valuesFromYaml(map: YAMLMap, path: readonly string[] = []): readonly Value[] {
  return map.items.flatMap((pair, index) => {
    const key = [...path, keyOf(pair)];
    const description = descriptionBefore(pair, index === 0 ? map.commentBefore : undefined);
    if (description !== undefined) return [{ key: key.join("."), description }];
    if (isMap(pair.value)) return valuesFromYaml(pair.value, key);
    return [{ key: key.join("."), description: "" }];
  });
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return path.reduce((node, name) => (node as Readonly<Record<string, unknown>>)[name], values);
}

/** As helm-docs calls it. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return { boolean: "bool", number: "int" }[String(typeof value)] ?? typeof value;
}

function isSet(values: unknown, [name = "", ...rest]: readonly string[]): boolean {
  if (typeof values !== "object" || values === null || !Object.hasOwn(values, name)) return false;
  return rest.length === 0 || isSet((values as Readonly<Record<string, unknown>>)[name], rest);
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key);
}

/** The text of the `# --` line above a key; `yaml` gives the comment above a map's first key to the map. */
function descriptionBefore({ key }: Pair, commentOfMap: string | null | undefined): string | undefined {
  const comment = (isScalar(key) ? key.commentBefore : undefined) ?? commentOfMap ?? "";
  return /^ -- (.*)$/m.exec(comment)?.[1];
}

function ownMaps(node: Schema, path = "values"): readonly (readonly [string, Schema])[] {
  if (node.properties === undefined) return [];
  const inner = Object.entries(node.properties).flatMap(([name, child]) => ownMaps(child, `${path}.${name}`));
  return [[path, node], ...inner];
}
