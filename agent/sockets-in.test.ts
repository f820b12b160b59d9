import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { socketsIn } from "./sockets-in.ts";

// A folder that may not be listed is ci/e2e/bad-input's: root, as whom tests may run, may list every one.
describe("socketsIn()", () => {
  it("names the sockets of a folder and nothing else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sockets-"));
    const servers = [createServer(), createServer()];
    try {
      await writeFile(join(folder, "containerd.sock"), "a file");
      for (const [index, server] of servers.entries()) {
        await new Promise<void>((resolve) => server.listen(join(folder, `${2 - index}.sock`), resolve));
      }
      assert.deepEqual(await socketsIn(folder), [join(folder, "1.sock"), join(folder, "2.sock")]);
    } finally {
      for (const server of servers) await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    }
  });

  it("names none in a folder that does not exist", async () => {
    assert.deepEqual(await socketsIn("/no/such/folder"), []);
  });
});
