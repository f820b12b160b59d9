import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  answering,
  createPluginFolder,
  type PluginFolder,
  responseWith,
  untilGone,
} from "../testing/plugin-folder.ts";
import { createProviderAnswers, type ProviderAnswers } from "./provider-answers.ts";

const never = new AbortController().signal;
const minuteMs = 60_000;

describe("createProviderAnswers()", () => {
  let folder: PluginFolder;
  let clock: FakeClock;
  let answers: ProviderAnswers;
  beforeEach(async () => {
    folder = await createPluginFolder();
    clock = createFakeClock();
    answers = answersFor(minuteMs);
  });
  afterEach(async () => {
    assert.equal(clock.pendingCount(), 0);
    await folder[Symbol.asyncDispose]();
  });

  function answersFor(defaultCacheDurationMs: number) {
    const settings = { name: "plugin", matchImages: [], args: [], env: {}, defaultCacheDurationMs };
    return createProviderAnswers(settings, { binDir: folder.binDir, clock });
  }

  const respond = (fields: object) => folder.add("plugin", answering(responseWith(fields)));
  const runCount = () => folder.runCount("plugin");

  /** Asks one after the other; how many runs it took. */
  async function runsFor(...images: readonly string[]) {
    const before = await runCount();
    for (const image of images) {
      const { credentials, problems } = await answers.answerFor(image, never);
      assert.deepEqual([credentials.length, problems], [1, []]);
    }
    return (await runCount()) - before;
  }

  it("asks anew after a refusal of what is a minute old, and not of what is newer", async () => {
    answers = answersFor(10 * minuteMs);
    await respond({ cacheKeyType: "Registry" });
    assert.equal(await runsFor("a.io/x"), 1);
    await clock.advance(minuteMs - 1);
    answers.refused("a.io/y");
    assert.equal(await runsFor("a.io/x"), 0);
    await clock.advance(1);
    answers.refused("a.io/y");
    assert.equal(await runsFor("a.io/x", "a.io/y"), 1);
  });

  describe("with an answer that may be kept", () => {
    const images = ["a.io/x", "a.io/x", "a.io/y", "b.io/x", "a.io:1/x"];
    for (const [cacheKeyType, runs] of [
      ["Image", 4],
      ["Registry", 3],
      ["Global", 1],
    ] as const) {
      it(`runs for five questions ${runs} times where it holds for ${cacheKeyType}`, async () => {
        await respond({ cacheKeyType });
        assert.equal(await runsFor(...images), runs);
        assert.equal(await runsFor(...images), 0);
      });
    }

    it("keeps it for as long as the config says", async () => {
      await respond({});
      assert.equal(await runsFor("a.io/x"), 1);
      await clock.advance(minuteMs - 1);
      assert.equal(await runsFor("a.io/x"), 0);
      await clock.advance(1);
      assert.equal(await runsFor("a.io/x"), 1);
    });

    it("keeps it for as long as the answer says, where it does", async () => {
      await respond({ cacheDuration: "2m0s" });
      assert.equal(await runsFor("a.io/x"), 1);
      await clock.advance(2 * minuteMs - 1);
      assert.equal(await runsFor("a.io/x"), 0);
      await clock.advance(1);
      assert.equal(await runsFor("a.io/x"), 1);
    });

    it("does not keep it where either says 0", async () => {
      await respond({ cacheDuration: "0s" });
      assert.equal(await runsFor("a.io/x", "a.io/x"), 2);
      answers = answersFor(0);
      await respond({});
      assert.equal(await runsFor("a.io/x", "a.io/x"), 2);
    });

    it("keeps what is wrong with a part of it too", async () => {
      await respond({ auth: { "a.io": { username: "u", password: "p" }, "?": {} } });
      for (let look = 0; look < 2; look += 1) {
        const { credentials, problems } = await answers.answerFor("a.io/x", never);
        assert.deepEqual([credentials.length, problems.length], [1, 1]);
      }
      assert.equal(await runCount(), 1);
    });
  });

  describe("with several who ask at once", () => {
    // A second run at the same time would find the folder of the first.
    const alone = `mkdir "$FOLDER/lock" || exit 9; sleep 0.01; rmdir "$FOLDER/lock"`;
    const images = Array.from({ length: 5 }, (_, index) => `a.io/${index}`);
    const askAll = () => Promise.all(images.map((image) => answers.answerFor(image, never)));

    it("runs once at a time", async () => {
      await folder.add("plugin", `${alone}\n${answering()}`);
      const found = await askAll();
      assert.deepEqual(
        found.flatMap(({ problems }) => problems),
        [],
      );
      assert.equal(await runCount(), 5);
    });

    it("runs once for all where the answer is for all", async () => {
      await folder.add("plugin", `${alone}\n${answering(responseWith({ cacheKeyType: "Registry" }))}`);
      const found = await askAll();
      assert.equal(found.flatMap(({ credentials }) => credentials).length, 5);
      assert.equal(await runCount(), 1);
    });

    it("runs once for those who ask for the same image, even if nothing is kept", async () => {
      await folder.add("plugin", answering(responseWith({ cacheDuration: "0s" })));
      await Promise.all([answers.answerFor("a.io/x", never), answers.answerFor("a.io/x", never)]);
      assert.equal(await runCount(), 1);
    });
  });

  describe("with a run that fails", () => {
    const problemsOf = async (image: string) => (await answers.answerFor(image, never)).problems;

    it("remembers it for its image for ten seconds, and for no other", async () => {
      await folder.add("plugin", "exit 1");
      const [problem] = await problemsOf("a.io/x");
      assert.match(problem ?? "", /asked for a\.io\/x, ended with exit code 1/);
      await clock.advance(9_999);
      assert.deepEqual(await problemsOf("a.io/x"), [problem]);
      assert.equal(await runCount(), 1);
      await problemsOf("a.io/y");
      assert.equal(await runCount(), 2);
      await clock.advance(1);
      await problemsOf("a.io/x");
      assert.equal(await runCount(), 3);
    });

    it("shares a deadline that passed with all who wait, and remembers it for a minute", async () => {
      await folder.add("plugin", `echo $$ >"$FOLDER/pid"; sleep 600`);
      const waits = ["a.io/x", "a.io/y", "b.io/z"].map(problemsOf);
      const pid = await folder.left("pid");
      await clock.advance(minuteMs);
      const problem = "credential provider plugin had not ended after 60 s and was killed";
      assert.deepEqual(await Promise.all(waits), [[problem], [problem], [problem]]);
      await untilGone(pid);
      await respond({});
      await clock.advance(minuteMs - 1);
      assert.deepEqual(await problemsOf("c.io/x"), [problem]);
      await clock.advance(1);
      assert.deepEqual(await problemsOf("c.io/x"), []);
    });

    it("remembers for a minute that it cannot be started, and has what it has kept all the same", async () => {
      const program = await respond({});
      await answers.answerFor("a.io/x", never);
      await chmod(program, 0o644);
      const [problem] = await problemsOf("b.io/x");
      assert.match(problem ?? "", /cannot be started/);
      await chmod(program, 0o755);
      await clock.advance(minuteMs - 1);
      assert.deepEqual(await problemsOf("b.io/y"), [problem]);
      assert.equal(await runsFor("a.io/x"), 0);
      await clock.advance(1);
      assert.equal(await runsFor("b.io/y"), 1);
    });
  });

  describe("when a signal aborts", () => {
    const reason = new Error("over");

    it("kills the run with the last who waits for it, and the next in line has its turn", async () => {
      await folder.add("plugin", `echo $$ >"$FOLDER/pid"; sleep 600`);
      const controllers = [new AbortController(), new AbortController()];
      const waits = controllers.map(({ signal }) => answers.answerFor("a.io/x", signal));
      const pid = await folder.left("pid");
      const next = answers.answerFor("a.io/y", never);
      await respond({});
      controllers[0]?.abort(reason);
      await assert.rejects(waits[0] ?? assert.fail(), reason);
      assert.equal(process.kill(Number(pid), 0), true);
      controllers[1]?.abort(reason);
      await assert.rejects(waits[1] ?? assert.fail(), reason);
      await untilGone(pid);
      assert.equal((await next).credentials.length, 1);
    });

    it("starts nothing for one who has left the line", async () => {
      await folder.add(
        "plugin",
        `echo $$ >"$FOLDER/pid"; while [ ! -e "$FOLDER/open" ]; do sleep 0.01; done; ${answering()}`,
      );
      const first = answers.answerFor("a.io/x", never);
      await folder.left("pid");
      const controller = new AbortController();
      const second = answers.answerFor("a.io/y", controller.signal);
      controller.abort(reason);
      await assert.rejects(second, reason);
      await writeFile(folder.path("open"), "");
      await first;
      assert.equal(await runCount(), 1);
    });

    it("rejects before anything else, even for what is kept", async () => {
      await respond({});
      await answers.answerFor("a.io/x", never);
      await assert.rejects(answers.answerFor("a.io/x", AbortSignal.abort(reason)), reason);
    });
  });
});
