import type { MethodDefinition } from "@grpc/grpc-js";
import { methodOf } from "../../../agent/cri/unary-call.ts";

const methodsOf = {
  RuntimeService: ["Version", "Status"],
  ImageService: ["ListImages", "ImageStatus", "PullImage", "RemoveImage", "ImageFsInfo"],
} as const;

type Service = keyof typeof methodsOf;

/** The methods that a proxy knows; any other is Unimplemented. */
export type CriMethod = (typeof methodsOf)[Service][number];

/** A method whose messages stay as they are on the wire: what the agent's own proto leaves out passes too. */
export interface RawMethod extends MethodDefinition<Buffer, Buffer> {
  readonly name: CriMethod;
  readonly service: Service;
}

/** Each service with its methods. */
export const rawServices: readonly (readonly RawMethod[])[] = (Object.keys(methodsOf) as Service[]).map(
  (service) => methodsOf[service].map((name) => rawMethod(service, name)),
);

/** The reference of the image that the request names, "" where it names none. */
export function imageIn({ service, name }: RawMethod, request: Buffer): string {
  if (!["ImageStatus", "PullImage", "RemoveImage"].includes(name)) return "";
  const method = methodOf<object, unknown>(service, name);
  return (method.requestDeserialize(request) as { image: { image: string } | null }).image?.image ?? "";
}

/** The message as the method's answer. Throws where the agent's proto has no such method. */
export function answerBytes({ service, name }: RawMethod, message: object): Buffer {
  return methodOf<object, object>(service, name).responseSerialize(message);
}

function rawMethod(service: Service, name: CriMethod): RawMethod {
  const asIs = (bytes: Buffer) => bytes;
  return {
    name,
    service,
    path: `/runtime.v1.${service}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}
