import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kindSchemasFromOpenApi, type Schema } from "./json-schemas.ts";

const pod = { group: "", version: "v1", kind: "Pod" };
const quantityName = "io.k8s.apimachinery.pkg.api.resource.Quantity";

describe("kindSchemasFromOpenApi()", () => {
  it("has one schema for each API version and kind that a definition is for", () => {
    const kinds = [pod, { group: "apps", version: "v1", kind: "DaemonSet" }];
    const schemas = kindSchemasFromOpenApi({
      definitions: { a: { "x-kubernetes-group-version-kind": kinds }, part: { type: "object" } },
    });
    assert.deepEqual(
      schemas.map(({ schema: _, ...kind }) => kind),
      kinds,
    );
  });

  it("refuses fields that are not listed", () => {
    assert.deepEqual(strictForm({ type: "object", properties: { a: { type: "string" } } }), {
      type: "object",
      properties: { a: { type: "string" } },
      additionalProperties: false,
    });
  });

  it("keeps open what lists no fields, or keeps unknown ones", () => {
    assert.deepEqual(strictForm({ type: "object" }), { type: "object" });
    const listed = { type: "object", properties: {} };
    assert.deepEqual(strictForm({ ...listed, "x-kubernetes-preserve-unknown-fields": true }), listed);
    assert.deepEqual(strictForm({ ...listed, additionalProperties: true }), listed);
  });

  it("is strict in the items of lists and in the values of maps, too", () => {
    const inner = { type: "object", properties: {} };
    const closed = { ...inner, additionalProperties: false };
    assert.deepEqual(strictForm({ type: "array", items: inner }), { type: "array", items: closed });
    assert.deepEqual(strictForm({ type: "object", additionalProperties: inner }), {
      type: "object",
      additionalProperties: closed,
    });
  });

  it("keeps what is required and which texts there are, and drops notes", () => {
    const kept = { type: "string", enum: ["a", "b"] };
    const notes = { description: "A note.", format: "byte", "x-kubernetes-unions": [] };
    assert.deepEqual(strictForm({ ...kept, ...notes }), kept);
    assert.deepEqual(strictForm({ type: "object", required: ["a"] }), { type: "object", required: ["a"] });
  });

  it("has numbers and texts for what may be either", () => {
    const either = { type: ["integer", "string"] };
    assert.deepEqual(strictForm({ type: "string", format: "int-or-string" }), either);
    assert.deepEqual(strictForm({ "x-kubernetes-int-or-string": true }), either);
  });

  it("takes quantities and no other texts for quantities", () => {
    const { pattern } = strictForm({ type: "string" }, quantityName) as { pattern: string };
    for (const text of ["1", "0.5", ".5", "10m", "32Mi", "1e3", "+1G"])
      assert.match(text, new RegExp(pattern));
    for (const text of ["", "ten", "1 Mi", "1mi", "Mi"]) assert.doesNotMatch(text, new RegExp(pattern));
  });

  it("brings along all that is referred to, also where that refers back, and nothing else", () => {
    const [first] = kindSchemasFromOpenApi({
      definitions: {
        a: { "x-kubernetes-group-version-kind": [pod], properties: { b: { $ref: "#/definitions/b" } } },
        b: { type: "array", items: { $ref: "#/definitions/a" } },
        c: { type: "string" },
      },
    });
    assert.deepEqual(first?.schema, {
      $ref: "#/definitions/a",
      definitions: {
        a: { properties: { b: { $ref: "#/definitions/b" } }, additionalProperties: false },
        b: { type: "array", items: { $ref: "#/definitions/a" } },
      },
    });
  });

  it("throws where something is referred to that is not there", () => {
    const a = { "x-kubernetes-group-version-kind": [pod], items: { $ref: "#/definitions/b" } };
    assert.throws(() => kindSchemasFromOpenApi({ definitions: { a } }), /refers to b and does not define it/);
  });
});

/** What becomes of a definition. */
function strictForm(definition: Schema, name = "a"): unknown {
  const whole = { ...definition, "x-kubernetes-group-version-kind": [pod] };
  const schemas = kindSchemasFromOpenApi({ definitions: { [name]: whole } });
  const [definitions] = schemas.map(({ schema }) => schema.definitions as Readonly<Record<string, Schema>>);
  return definitions?.[name];
}
