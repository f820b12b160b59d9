import { Client, credentials } from "@grpc/grpc-js";
import pLimit from "p-limit";
import protobuf from "protobufjs/light.js";
import yargs from "yargs";
import cri from "../../../agent/cri/cri.generated.ts";

const text = { type: "string", demandOption: true } as const;
const flags = { socket: text, node: text, label: text, image: { ...text, array: true } } as const;
type Calls = Record<string, (request: object) => Promise<{ image?: object }>>;

/** Asks what `prefetcher prefetch` asks, in its order and with no care beyond; `patch` sends a merge patch of the Node. */
export async function work(patch: (node: string, body: object) => Promise<unknown>): Promise<void> {
  const { socket, node, label, image } = await yargs(process.argv.slice(2)).options(flags).parseAsync();
  const runtime = new Client(`unix:${socket}`, credentials.createInsecure());
  const service = protobuf.Root.fromJSON(cri).lookupService("runtime.v1.ImageService");
  const calls = service.create(({ name }, bytes, done) => {
    runtime.makeUnaryRequest(`/runtime.v1.ImageService/${name}`, Buffer.from, Buffer.from, bytes, done);
  }) as object as Calls;
  await patch(node, {});
  await pLimit(4).map(image, async (reference) => {
    const request = { image: { image: reference } };
    const { image: found } = (await calls.imageStatus?.(request)) ?? {};
    if (!found) await calls.pullImage?.(request);
  });
  const [labels, annotations] = [{ [label]: "succeeded" }, { [label]: `{"at":${Date.now()}}` }];
  await patch(node, { metadata: { labels, annotations } });
  runtime.close();
}
