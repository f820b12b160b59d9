import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FailureReason } from "./failure.ts";
import { entriesFromLines } from "./image-list.ts";
import type { Outcome } from "./outcome.ts";
import type { PullResult } from "./pull-image.ts";
import { createReport } from "./report.ts";
import { failedWith, storedImage } from "./testing/fake-image-service.ts";
import { createRecordingLog } from "./testing/recording-log.ts";

const [entry, second] = entriesFromLines(["a", "b"]) as [never, never];
const effort = { attempts: 1, durationMs: 7 };
const pull: PullResult = { kind: "pulled", ...effort };
const failedPull = (reason: FailureReason, attempts = 1): PullResult => ({
  ...failedWith(reason),
  ...effort,
  attempts,
});
const present: Outcome = { kind: "present", entry, digests: ["a@sha256:0"] };
const pulled: Outcome = { kind: "pulled", entry, digests: ["a@sha256:0"], sizeBytes: 5, ...effort };
const failed = (reason: FailureReason, attempts = 1): Outcome => ({
  ...failedWith(reason),
  entry,
  ...effort,
  attempts,
});

function createWorld(tellsWhatIsThere?: boolean) {
  const log = createRecordingLog();
  const report = createReport(log, tellsWhatIsThere);
  let roundNumber = 0;
  return {
    log,
    report,
    endRound: (...outcomes: readonly Outcome[]) => {
      roundNumber += 1;
      report.roundEnded({ roundNumber, revision: "1-0", outcomes, durationMs: 9, isWritten: true });
    },
    /** The lines about images, e.g. `image failed a not_found`. */
    told: () =>
      log.lines
        .filter(({ message }) => message.startsWith("image "))
        .map(({ message, fields }) => [message, fields.image, fields.reason].filter(Boolean).join(" ")),
  };
}

describe("createReport()", () => {
  it("tells what is there once, however many rounds follow", () => {
    const world = createWorld();
    world.endRound(present);
    world.endRound(present);
    assert.deepEqual(world.told(), ["image present a"]);
  });

  it("tells a pull as soon as it has ended, and not again at the round's end", () => {
    const world = createWorld();
    world.report.pullEnded(entry, pull);
    assert.deepEqual(world.told(), ["image pulled a"]);
    world.endRound(pulled);
    world.endRound(present);
    assert.deepEqual(world.told(), ["image pulled a"]);
  });

  it("tells a failed pull once in each round", () => {
    const world = createWorld();
    for (let round = 1; round <= 2; round += 1) {
      world.report.pullEnded(entry, failedPull("not_found"));
      world.endRound(failed("not_found"));
    }
    assert.deepEqual(world.told(), ["image failed a not_found", "image failed a not_found"]);
  });

  it("tells once that the time ended before an image had its first attempt", () => {
    const world = createWorld();
    world.report.pullEnded(entry, failedPull("timed_out", 0));
    world.endRound(failed("timed_out", 0));
    assert.deepEqual(world.told(), ["image failed a timed_out"]);
  });

  it("tells at each round's end the failures that no pull has told", () => {
    const world = createWorld();
    world.endRound(failed("invalid_reference", 0));
    assert.deepEqual(world.told(), ["image failed a invalid_reference"]);
    world.endRound(failed("invalid_reference", 0));
    assert.equal(world.told().length, 2);
  });

  for (const reason of ["evicted", "runtime_down"] as const) {
    it(`tells of a pulled image that is ${reason} at the round's end`, () => {
      const world = createWorld();
      world.report.pullEnded(entry, pull);
      world.endRound(failed(reason));
      assert.deepEqual(world.told(), ["image pulled a", `image failed a ${reason}`]);
    });
  }

  it("tells that an image is there after all, though its pull failed", () => {
    const world = createWorld();
    world.report.pullEnded(entry, failedPull("not_found"));
    world.endRound(present);
    assert.deepEqual(world.told(), ["image failed a not_found", "image present a"]);
  });

  it("tells that somebody else brought what failed in an earlier round", () => {
    const world = createWorld();
    world.report.pullEnded(entry, failedPull("not_found"));
    world.endRound(failed("not_found"));
    world.endRound(present);
    assert.deepEqual(world.told(), ["image failed a not_found", "image present a"]);
  });

  it("tells the failure of a second spelling too, which no pull of its own has told", () => {
    const world = createWorld();
    world.report.pullEnded(entry, failedPull("not_found"));
    world.endRound(failed("not_found"), { ...failed("not_found"), entry: second });
    assert.deepEqual(world.told(), ["image failed a not_found", "image failed b not_found"]);
  });

  it("sums up each round in one line", () => {
    const world = createWorld();
    world.endRound(pulled, { ...present, entry: second });
    world.endRound(failed("not_found"), { ...present, entry: second });
    assert.deepEqual(world.log.fieldsOf("round ended"), [
      {
        roundNumber: 1,
        revision: "1-0",
        verdict: "succeeded",
        isWritten: true,
        entries: 2,
        present: 2,
        pulled: 1,
        skipped: 0,
        failed: [],
        durationMs: 9,
      },
      {
        roundNumber: 2,
        revision: "1-0",
        verdict: "failed",
        isWritten: true,
        entries: 2,
        present: 1,
        pulled: 0,
        skipped: 0,
        failed: [{ image: "a", reason: "not_found" }],
        durationMs: 9,
      },
    ]);
  });

  it("says of a failure how it came, as an error", () => {
    const world = createWorld();
    world.report.pullEnded(entry, failedPull("not_found"));
    assert.deepEqual(world.log.lines, [
      {
        level: "error",
        message: "image failed",
        fields: {
          image: "a",
          outcome: "failed",
          attempts: 1,
          durationMs: 7,
          reason: "not_found",
          error: "it is not_found",
        },
      },
    ]);
  });

  it("says of a pulled image what the runtime has now, so that its digest stands in the log", () => {
    const world = createWorld();
    world.report.pullEnded(entry, pull, storedImage("a"));
    const fields = { image: "a", outcome: "pulled", ...effort, digests: ["a@sha256:0123"], sizeBytes: 1_000 };
    assert.deepEqual(world.log.fieldsOf("image pulled"), [fields]);
  });

  it("warns of an optional image's failure, at once and at the round's end", () => {
    const [optional] = entriesFromLines(["c required=false"]) as [never];
    const world = createWorld();
    world.report.pullEnded(optional, failedPull("not_found"));
    world.endRound(present, { ...failed("not_found"), entry: optional });
    assert.deepEqual(
      world.log.lines.map(({ level, message }) => [level, message]),
      [
        ["warn", "optional image failed"],
        ["info", "image present"],
        ["info", "round ended"],
      ],
    );
    assert.deepEqual(world.log.fieldsOf("round ended")[0]?.verdict, "succeeded");
  });

  it("tells once of an entry that is skipped, with the platforms it is for", () => {
    const [elsewhere] = entriesFromLines(["c platforms=linux/arm64"]) as [never];
    const world = createWorld();
    world.endRound({ kind: "skipped", entry: elsewhere });
    world.endRound({ kind: "skipped", entry: elsewhere });
    assert.deepEqual(world.log.fieldsOf("image skipped"), [
      { image: "c", outcome: "skipped", platforms: ["linux/arm64"] },
    ]);
    assert.deepEqual(
      world.log.fieldsOf("round ended").map(({ verdict, skipped }) => [verdict, skipped]),
      [
        ["none", 1],
        ["none", 1],
      ],
    );
  });

  it("tells that an image is there whose turn had not come when the round before ended", () => {
    const world = createWorld();
    world.endRound({ kind: "pending", entry });
    world.endRound(present);
    assert.deepEqual(world.told(), ["image pending a", "image present a"]);
  });
});

describe("createReport(), where a process before this one has told what is there,", () => {
  it("tells neither that an image is there nor that it is skipped, and counts them", () => {
    const world = createWorld(false);
    world.endRound(present, { kind: "skipped", entry: second });
    assert.deepEqual(world.told(), []);
    const [{ present: there, skipped } = {}] = world.log.fieldsOf("round ended");
    assert.deepEqual([there, skipped], [1, 1]);
  });

  it("tells what is pulled and what fails", () => {
    const world = createWorld(false);
    world.report.pullEnded(entry, pull);
    world.endRound(pulled, { ...failed("runtime_down"), entry: second });
    assert.deepEqual(world.told(), ["image pulled a", "image failed b runtime_down"]);
  });
});
