import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Metafile } from "esbuild";
import { refuseHeavyBundle } from "./bundle-budget.ts";
import { weighBundle } from "./bundle-weight.ts";

type Output = Metafile["outputs"][string];

describe("weighBundle()", () => {
  const output = (
    bytes: number,
    inputs: Record<string, number>,
    imports: Output["imports"] = [],
  ): Output => ({
    bytes,
    imports,
    exports: [],
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
    ),
  });
  const metafile: Metafile = {
    inputs: {},
    outputs: {
      "out/prefetcher.mjs": {
        ...output(1_000, { "agent/main.ts": 600, "agent/cli.ts": 300 }, [
          { path: "out/prefetcher-A.mjs", kind: "import-statement" },
          { path: "out/prefetcher-B.mjs", kind: "dynamic-import" },
          { path: "node:fs", kind: "import-statement", external: true },
        ]),
        entryPoint: "agent/main.ts",
      },
      "out/prefetcher-A.mjs": output(5_000, {
        "node_modules/@grpc/grpc-js/a.js": 3_000,
        "node_modules/pino/node_modules/split2/b.js": 1_900,
      }),
      "out/prefetcher-B.mjs": output(700, { "agent/edge/by-hand.ts": 650 }),
      "out/prefetcher.mjs.LEGAL.txt": output(90, {}),
    },
  };

  it("counts the started file and what it imports for the start, and all code for the whole", () => {
    const { startBytes, bytes } = weighBundle(metafile);
    assert.deepEqual({ startBytes, bytes }, { startBytes: 6_000, bytes: 6_700 });
  });

  it("adds up what each package has at the start, the heaviest first", () => {
    assert.deepEqual(weighBundle(metafile).packages, [
      { name: "@grpc/grpc-js", bytes: 3_000 },
      { name: "split2", bytes: 1_900 },
      { name: "the agent", bytes: 900 },
    ]);
  });
});

describe("refuseHeavyBundle()", () => {
  const packages = [
    { name: "undici", bytes: 6_000_000 },
    { name: "pino", bytes: 25_000 },
  ];

  it("names the largest packages where the start is too heavy", () => {
    assert.throws(
      () => refuseHeavyBundle({ startBytes: 7_000_000, bytes: 1_000, packages }),
      /loads at its start has 7000 kB, and its budget is .* undici 6000 kB, pino 25 kB/,
    );
  });

  it("refuses a bundle that is too heavy as a whole", () => {
    assert.throws(
      () => refuseHeavyBundle({ startBytes: 1_000, bytes: 7_000_000, packages }),
      /the agent's bundle has 7000 kB/,
    );
  });
});
