// Pulls images like the Go reference: `reference-puller.ts SOCKET IMAGE...`. It ends with 1 where one could not be pulled.
import process from "node:process";
import { systemClock } from "../../../../agent/clock.ts";
import { createImageService } from "../../../../agent/cri/create-image-service.ts";
import { pullLikeReference, referenceTimes } from "./pull-like-reference.ts";

const [socketPath = "", ...images] = process.argv.slice(2);
const imageService = createImageService(socketPath);
// The machine's own clock, which the bench reads as well.
const startedAtNs = String(process.hrtime.bigint());
const result = await pullLikeReference(images, { imageService, clock: systemClock, times: referenceTimes });
imageService.close();
process.stdout.write(`${JSON.stringify({ startedAtNs, ...result })}\n`);
if (result.failures.length > 0) process.exitCode = 1;
