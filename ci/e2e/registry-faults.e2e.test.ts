import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { together } from "./support/fault-rule.ts";
import { type FaultScene, type ListEnd, openFaultScene } from "./support/fault-scene.ts";
import { type FaultRow, proveFault } from "./support/fault-table.ts";
import { isOnNode } from "./support/node-images.ts";
import { pushIndexFor } from "./support/push-index.ts";
import {
  answers,
  bandwidth,
  onRequests,
  type RegistryFault,
  resetAfter,
  truncatedAfter,
  unauthorized,
  wrongDigest,
} from "./support/registry-fault.ts";
import type { FrontRule } from "./support/registry-front.ts";

/** What becomes of one image of the list: pulled, or failed for a reason, after so many attempts. */
interface FaultyImage extends FaultRow {
  readonly name: string;
  readonly bytes?: number;
  readonly rule?: FrontRule;
  /** `pulled ATTEMPTS` or `REASON ATTEMPTS`. */
  readonly end: string;
  /** Its reference, where it is not an image that the front has. */
  readonly reference?: string;
}

const megabyte = 1_000_000;
const named = (name: string) => `registry-faults/${name}`;
const layerOf = (name: string) => ({ kind: "layer", repository: named(name) }) as const;
const always = (name: string, fault: RegistryFault) => onRequests({ repository: named(name) }, fault);

const images: readonly FaultyImage[] = [
  ...[500, 502, 503].map(
    (status): FaultyImage => ({
      row: 5,
      fault: `the registry answers ${status} for ever`,
      expected: "unavailable after 5 attempts; the others are pulled",
      name: `down-${status}`,
      rule: always(`down-${status}`, answers(status)),
      end: "unavailable 5",
    }),
  ),
  {
    row: 5,
    fault: "the registry answers 503 to the first four requests",
    expected: "pulled by a further attempt",
    name: "down-at-first",
    rule: onRequests({ repository: named("down-at-first") }, answers(503), { times: 4 }),
    end: "pulled",
  },
  {
    row: 7,
    fault: "a registry that is slow and healthy: 300 kB/s for 1.5 MB",
    expected: "pulled by the first attempt, each byte once",
    name: "slow",
    bytes: 1.5 * megabyte,
    rule: onRequests(layerOf("slow"), bandwidth(300_000)),
    end: "pulled 1",
  },
  {
    row: 8,
    fault: "the connection is reset in mid layer, once",
    expected: "pulled",
    name: "reset-once",
    bytes: megabyte,
    rule: onRequests(layerOf("reset-once"), resetAfter(300_000), { times: 1 }),
    end: "pulled",
  },
  {
    row: 8,
    fault: "the layer is truncated, once",
    expected: "pulled by the first attempt, as containerd resumes",
    name: "truncated-once",
    bytes: megabyte,
    rule: onRequests(layerOf("truncated-once"), truncatedAfter(300_000), { times: 1 }),
    end: "pulled 1",
  },
  {
    row: 8,
    fault: "the connection is reset before the layer's first byte, for ever",
    expected: "unavailable after 5 attempts",
    name: "reset-always",
    bytes: megabyte,
    rule: onRequests(layerOf("reset-always"), resetAfter(0)),
    end: "unavailable 5",
  },
  {
    row: 9,
    fault: "the layer has another digest than its name says",
    expected: "corrupt after 3 attempts, never succeeded",
    name: "wrong-digest",
    rule: onRequests(layerOf("wrong-digest"), wrongDigest),
    end: "corrupt 3",
  },
  {
    row: 24,
    fault: "the registry's name is not in DNS",
    expected: "unavailable after 5 attempts; the label is written all the same",
    name: "no-such-host",
    reference: "no-such-host.invalid/registry-faults/image:1",
    end: "unavailable 5",
  },
  {
    row: 37,
    fault: "the image is for another platform",
    expected: "no_platform after 1 attempt",
    name: "other-platform",
    end: "no_platform 1",
  },
  {
    row: 0,
    fault: "no such tag",
    expected: "not_found after 3 attempts",
    name: "missing",
    rule: always("missing", answers(404)),
    end: "not_found 3",
  },
  {
    row: 12,
    fault: "401, whatever the credential",
    expected: "unauthorized after 2 attempts",
    name: "needs-login",
    rule: always("needs-login", unauthorized("basic")),
    end: "unauthorized 2",
  },
  {
    row: 12,
    fault: "403",
    expected: "unauthorized after 2 attempts",
    name: "forbidden",
    rule: always("forbidden", answers(403)),
    end: "unauthorized 2",
  },
];

describe("a list with every fault of a registry", () => {
  let scene: FaultScene;
  let end: ListEnd;
  let good: readonly string[];
  const referenceOf = ({ name, reference }: FaultyImage) =>
    reference ?? `${scene.front.address}/${named(name)}:1`;

  before(async () => {
    scene = await openFaultScene("registry-faults");
    for (const { name, bytes, reference } of images) {
      if (reference === undefined && name !== "other-platform") await scene.push(name, bytes);
    }
    await pushIndexFor(named("other-platform"), "1", "linux/s390x");
    good = [(await scene.push("good-1")).atOther, (await scene.push("good-2")).atOther];
    scene.front.setRule(together(...images.flatMap(({ rule }) => rule ?? [])));
    end = await scene.prefetch("registry-faults", [...images.map(referenceOf), ...good]);
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  /** `pulled ATTEMPTS` or `REASON ATTEMPTS`, by the line that the log has when a pull has ended. */
  const endOf = (reference: string): string => {
    const line = end.log.find(({ image, outcome }) => image === reference && outcome !== undefined);
    return `${line?.reason ?? line?.outcome} ${line?.attempts}`;
  };

  for (const image of images) {
    it(`row ${image.row}, ${image.fault}: ${image.end}`, async () => {
      await proveFault(image, async () => {
        const seen = endOf(referenceOf(image));
        const isAsExpected = image.end.includes(" ") ? seen === image.end : seen.startsWith(`${image.end} `);
        assert.ok(isAsExpected, `${seen} instead of ${image.end}`);
        const isThere = await isOnNode(scene.node, referenceOf(image));
        assert.equal(isThere, image.end.startsWith("pulled"));
        return seen;
      });
    });
  }

  it("pulls the others, and writes `failed` with every failure and nothing else", () => {
    for (const reference of good) assert.equal(endOf(reference), "pulled 1");
    assert.equal(end.label, "failed");
    const failed = images.filter(({ end }) => !end.startsWith("pulled"));
    const expected = failed.map((image) => `${referenceOf(image)} ${image.end.split(" ", 1)[0]}`).sort();
    assert.deepEqual(end.failures, expected);
    assert.equal(end.record?.present, images.length - failed.length + good.length);
  });

  it("asks for each byte of the slow layer once", () => {
    const layers = scene.front.requests.filter(
      ({ repository, kind, method }) => repository === named("slow") && kind === "blob" && method === "GET",
    );
    assert.equal(layers.length, 2, "one layer and one configuration");
  });

  it("never has more PullImage calls under way than the pool has slots", () => {
    assert.ok(scene.proxy.mostPullsAtOnce() <= 4);
    assert.equal(scene.proxy.mostPullsAtOnce() > 1, true, "it pulled side by side");
  });
});
