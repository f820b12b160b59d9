import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { leastReachingFirst } from "./least-reaching-first.ts";

describe("leastReachingFirst()", () => {
  const folder = mkdtempSync(join(tmpdir(), "least-reaching-first-"));
  after(() => rmSync(folder, { recursive: true }));
  const fileWith = (name: string, source: string) => {
    const path = join(folder, name);
    writeFileSync(path, source);
    return path;
  };

  it("counts what is loaded over any number of files, once each, and no types", async () => {
    const top = fileWith("top.ts", 'import { a } from "./middle.ts";\nimport {\n  b,\n} from "./leaf.ts";\n');
    const middle = fileWith("middle.ts", 'export { a } from "./leaf.ts";\n');
    const leaf = fileWith(
      "leaf.ts",
      'import { readFile } from "node:fs";\nimport type { T } from "./top.ts";\n',
    );
    const ring = fileWith("ring.ts", 'import * as other from "./gnir.ts";\n');
    fileWith("gnir.ts", 'import { r } from "./ring.ts";\nimport { top } from "./top.ts";\n');
    assert.deepEqual(await leastReachingFirst([ring, top, middle, leaf]), [leaf, middle, top, ring]);
  });
});
