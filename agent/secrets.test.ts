import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { status } from "@grpc/grpc-js";
import { logLinesIn, prefetchArguments, startAgent } from "./testing/agent-process.ts";
import { type ApiServer, type ApiStep, startApiServer } from "./testing/api-server.ts";
import { type CriServer, startCriServer } from "./testing/cri-server.ts";

const key = "image-prefetcher.stackrox.io/my-images";
const secret = "QZhunter2";
// As a registry, a runtime and a proxy are known to quote it.
const words =
  `Get "https://me:${secret}@cdn.example.com/blob?sig=${secret}": Authorization: Bearer ${secret}x, ` +
  `{"password":"${secret}"} token=${secret}`;

const answerWith = (code: number): ApiStep => ({
  status: code,
  body: JSON.stringify({ kind: "Status", message: `${code}: ${words}` }),
});

describe("the secrets of a whole run", () => {
  let cri: CriServer;
  let api: ApiServer;
  let folder: string;
  let everything = "";
  before(async () => {
    [cri, api, folder] = await Promise.all([
      startCriServer(),
      startApiServer(),
      mkdtemp(join(tmpdir(), "secrets-")),
    ]);
    await writeFile(join(folder, "message"), "");
  });
  after(async () => {
    await Promise.all([cri.close(), api.close(), rm(folder, { recursive: true, force: true })]);
  });
  afterEach(() => {
    assert.ok(!everything.includes("QZ"), everything);
    assert.ok(!everything.includes("planted-token"), everything);
    // The words have come this far, only without what is secret in them.
    assert.match(everything, /cdn\.example\.com\/blob\?\[redacted\]/);
  });

  /** Runs the agent; all that it lets out is in `everything` afterwards. */
  async function run(...argv: readonly string[]) {
    const message = `--termination-message-path=${join(folder, "message")}`;
    const flags = ["--backoff-scale=0.001", "--on-failure=exit", message];
    const end = await startAgent(prefetchArguments(cri.socketPath, ...flags, ...argv), {
      env: { KUBECONFIG: api.kubeConfigPath },
    }).ended;
    const { stdout, stderr, exitCode } = end;
    const termination = await readFile(join(folder, "message"), "utf8");
    const sent = api.requests.map(({ body }) => body);
    everything = [stdout, stderr, termination, ...sent].join("\n");
    return { exitCode, termination, lines: logLinesIn(stdout), annotation: api.metadata.annotations[key] };
  }

  it("stay out of the log, the annotation and the termination message where entries fail by them", async () => {
    cri.always("PullImage pulled", { code: status.UNAVAILABLE, details: words });
    cri.always("ImageStatus looked-at", { code: status.UNKNOWN, details: words });
    cri.always("PullImage looked-at", { code: status.INTERNAL, details: words });
    api.on(answerWith(500), answerWith(403));
    const images = ["pulled", "looked-at", `https://me:${secret}@example.com/x`, `x password=${secret}`];
    const { exitCode, termination, lines, annotation } = await run(
      ...images.map((image) => `--image=${image}`),
    );
    assert.equal(exitCode, 1);
    const errorsOf = (message: string) =>
      lines.filter(({ msg }) => msg === message).map(({ error }) => String(error));
    assert.match(errorsOf("attempt failed, another follows").join(), /cdn\.example\.com/);
    assert.match(errorsOf("image failed").join(), /cdn\.example\.com/);
    assert.match(termination, /cdn\.example\.com/);
    assert.match(annotation ?? "", /"https:\/\/\[redacted\]@example\.com\/x"/);
    assert.equal((JSON.parse(annotation ?? "{}") as { failed: unknown[] }).failed.length, 4);
  });

  it("stay out where the API server answers with them to the end", async () => {
    const mixed = Array.from({ length: 10 }, (_, index) => answerWith(index % 2 === 0 ? 500 : 403));
    // The scaled half minute of refusals ends this, however slow the machine is.
    const refused = Array.from({ length: 500 }, () => answerWith(403));
    api.on(...mixed, ...refused);
    const { exitCode, termination, lines } = await run("--image=good");
    assert.equal(exitCode, 3);
    assert.match(termination, /could not be written .*cdn\.example\.com/);
    for (const message of [
      "the Node could not be read yet",
      "the label could not be removed yet",
      "the verdict is not written yet",
    ])
      assert.ok(
        lines.some(({ msg, error }) => msg === message && /cdn\.example/.test(String(error))),
        message,
      );
  });

  it("stay out where the runtime cannot be used for them", async () => {
    cri.always("Version", { code: status.UNAVAILABLE, details: words });
    const { exitCode, termination } = await run("--image=good", "--runtime-timeout=2s");
    assert.equal(exitCode, 5);
    assert.match(termination, /cdn\.example\.com/);
  });
});
