import { createFakeImageService, failedWith } from "./fake-image-service.ts";
import { imageServiceConformance } from "./image-service-conformance.ts";

imageServiceConformance("the fake", async () => {
  const imageService = createFakeImageService();
  const began = Promise.withResolvers<void>();
  imageService.alwaysOnPull("unknown", failedWith("not_found"));
  imageService.onPull("stalled", () => {
    began.resolve();
    return new Promise<never>(() => {});
  });
  return {
    imageService,
    pullable: "pullable",
    unknown: "unknown",
    stalled: "stalled",
    stalledPullBegan: () => began.promise,
    stalledPullEnded: async () => {
      if (!imageService.cancelled.includes("stalled")) throw new Error("the pull goes on");
    },
    close: async () => {},
  };
});
