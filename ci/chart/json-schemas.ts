/** A JSON schema, or a part of one, as JSON has it. */
export type Schema = Readonly<Record<string, unknown>>;

/** As much of `/openapi/v2` of an API server as is looked at. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** One kind of object, and the whole of its schema: it refers to nothing outside of itself. */
export interface KindSchema {
  /** Empty for the kinds whose API version is `v1` alone. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: Schema;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * A schema for every kind that the API server knows. It is strict: fields that a definition does not list are refused wherever the API
 * server would prune them or warn of them, and so is null.
 */
export function kindSchemasFromOpenApi({ definitions }: OpenApi): readonly KindSchema[] {
  return Object.entries(definitions).flatMap(([name, definition]) => {
    const kinds = (definition["x-kubernetes-group-version-kind"] ?? []) as readonly GroupVersionKind[];
    if (kinds.length === 0) return [];
    const schema = { ...refTo(name), definitions: reachableFrom(name, definitions) };
    return kinds.map(({ group, version, kind }) => ({ group, version, kind, schema }));
  });
}

const refPrefix = "#/definitions/";

// Texts that stand for numbers; the definitions say no more than that they are texts.
const quantity = String.raw`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$`;
const byName: Readonly<Record<string, Schema>> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": { type: ["string", "number"], pattern: quantity },
};

// All others are notes for kubectl and for readers.
const copied = ["type", "required", "enum"];

function strict(node: Schema): Schema {
  if (typeof node.$ref === "string") return { $ref: node.$ref };
  if (isIntOrString(node)) return { type: ["integer", "string"] };
  const own = Object.fromEntries(copied.filter((key) => key in node).map((key) => [key, node[key]]));
  return { ...own, ...withParts(node), ...closing(node) };
}

function isIntOrString(node: Schema): boolean {
  return node.format === "int-or-string" || node["x-kubernetes-int-or-string"] === true;
}

function withParts(node: Schema): Schema {
  const parts: Record<string, unknown> = {};
  if (isSchema(node.items)) parts.items = strict(node.items);
  if (isSchema(node.properties)) {
    const fields = Object.entries(node.properties) as [string, Schema][];
    parts.properties = Object.fromEntries(fields.map(([name, field]) => [name, strict(field)]));
  }
  return parts;
}

/** What further fields may be: none, unless the definition says that any are kept, or of what kind they are, or lists none. */
function closing(node: Schema): Schema {
  if (isSchema(node.additionalProperties)) return { additionalProperties: strict(node.additionalProperties) };
  const isOpen = node.additionalProperties === true || node["x-kubernetes-preserve-unknown-fields"] === true;
  return isSchema(node.properties) && !isOpen ? { additionalProperties: false } : {};
}

/** The definition of that name and all that it refers to, over however many steps. */
function reachableFrom(name: string, definitions: OpenApi["definitions"]): Record<string, Schema> {
  const reached: Record<string, Schema> = {};
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next in reached) continue;
    const definition = definitions[next];
    if (definition === undefined) throw new Error(`the API server refers to ${next} and does not define it`);
    const schema = byName[next] ?? strict(definition);
    reached[next] = schema;
    waiting.push(...namesIn(schema));
  }
  return reached;
}

function namesIn(schema: Schema): readonly string[] {
  return [...JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
}

function refTo(name: string): Schema {
  return { $ref: refPrefix + name };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
