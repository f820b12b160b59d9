import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { ensureOlderChart } from "../older-release/older-release.ts";
import { agentArguments, type Manifest, render, template } from "./helm.ts";

describe("the values of an older release", () => {
  let folder: string;
  /** What Helm is given: nothing, one of the older chart's values files, or all of its defaults written out. */
  let given: readonly (readonly string[])[];

  before(async () => {
    folder = await ensureOlderChart();
    const files = (await readdir(join(folder, "ci"))).filter((name) => name.endsWith("-values.yaml"));
    assert.ok(files.length > 0);
    const paths = [...files.map((name) => join(folder, "ci", name)), join(folder, "values.yaml")];
    given = [[], ...paths.map((path) => ["--values", path])];
  });

  it("mean the same arguments in this chart, besides those that are new", () => {
    const flagOf = (argument: string) => argument.split("=", 1)[0];
    for (const flags of given) {
      const older = agentArguments({ folder, flags });
      const known = new Set(older.map(flagOf));
      const newer = agentArguments({ flags }).filter((argument) => known.has(flagOf(argument)));
      assert.deepEqual(newer, older, flags.join(" "));
    }
  });

  it("make the same objects in this chart, beside those that are new, and the selector that cannot be changed", () => {
    const nameOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;
    const selectorOf = (manifests: readonly Manifest[]) => {
      const daemonSet = manifests.find(({ kind }) => kind === "DaemonSet");
      return (daemonSet as Manifest & { readonly spec: { readonly selector: object } }).spec.selector;
    };
    for (const flags of given) {
      const older = render({ folder, flags });
      const newer = render({ flags });
      const names = new Set(newer.map(nameOf));
      const lost = older.map(nameOf).filter((name) => !names.has(name));
      assert.deepEqual(lost, [], flags.join(" "));
      assert.deepEqual(selectorOf(newer), selectorOf(older));
    }
  });

  it("are refused by this chart where one of them would mean nothing", () => {
    for (const flags of given) {
      const { status, stderr } = template({ flags: [...flags, "--set", "criSockets=/run/no.sock"] });
      assert.notEqual(status, 0);
      assert.match(stderr, /criSockets/);
    }
  });
});
