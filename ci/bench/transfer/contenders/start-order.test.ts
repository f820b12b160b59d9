import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PushedBenchImage } from "../transfer-types.ts";
import { inStartOrder } from "./start-order.ts";

/** An image whose blobs are named after what they hold: `base:150` has 150 bytes. */
function image(name: string, ...blobs: readonly string[]): PushedBenchImage {
  const parts = blobs.map((blob) => blob.split(":"));
  return {
    name,
    reference: `registry.example.com/${name}:1`,
    blobs: parts.map(([digest = "", bytes]) => ({ digest, bytes: Number(bytes) })),
  };
}

const namesOf = (images: readonly PushedBenchImage[]) => images.map(({ name }) => name).join(" ");

describe("the order of starting", () => {
  describe("interleaved", () => {
    it("takes images of different bases in turn", () => {
      const listed = ["a", "b"].flatMap((base) =>
        [1, 2, 3].map((number) => image(`${base}${number}`, `base-${base}:150`, `leaf-${base}${number}:5`)),
      );
      assert.equal(namesOf(inStartOrder(listed, "interleaved")), "a1 b1 a2 b2 a3 b3");
    });

    it("spreads the few among the many", () => {
      const listed = ["1", "2", "3", "4"].map((number) =>
        image(`a${number}`, "base:150", `leaf-${number}:5`),
      );
      const alone = image("x", "only-x:20");
      assert.equal(namesOf(inStartOrder([...listed, alone], "interleaved")), "a1 a2 x a3 a4");
    });

    it("goes by the largest blob that is shared, as the smallest program may be in all of them", () => {
      const listed = ["a", "b"].flatMap((base) =>
        [1, 2].map((number) =>
          image(`${base}${number}`, "program:1", `base-${base}:150`, `own-${number}${base}:900`),
        ),
      );
      assert.equal(namesOf(inStartOrder(listed, "interleaved")), "a1 b1 a2 b2");
    });

    it("takes a blob that one image has twice for its own", () => {
      const listed = [
        image("a1", "base:9"),
        image("a2", "base:9"),
        image("x", "x:90", "x:90"),
        image("y", "y:90", "y:90"),
      ];
      assert.equal(namesOf(inStartOrder(listed, "interleaved")), "a1 x a2 y");
    });

    it("leaves images alone that share nothing", () => {
      const listed = [image("x", "x:1"), image("y", "y:3"), image("z", "z:2")];
      assert.equal(namesOf(inStartOrder(listed, "interleaved")), "x y z");
    });
  });

  describe("large first", () => {
    it("goes by the bytes of all blobs, and by the list where they are equal", () => {
      const listed = [
        image("x", "x:1", "program:1"),
        image("y", "y:2"),
        image("large", "half:50", "other:50"),
        image("z", "z:60"),
      ];
      assert.equal(namesOf(inStartOrder(listed, "large first")), "large z x y");
    });
  });
});
