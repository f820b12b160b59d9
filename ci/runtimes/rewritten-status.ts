import protobuf from "protobufjs";
import descriptor from "../../agent/cri/status.generated.ts";

const schema = protobuf.Root.fromJSON(descriptor);
const statusType = schema.lookupType("google.rpc.Status");

interface Status {
  readonly message: string;
  readonly details: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
}

/** The bytes of a google.rpc.Status with each message in it rewritten, those of statuses within it too. */
export function rewrittenStatus(bytes: Uint8Array, rewrite: (text: string) => string): Uint8Array {
  const options = { defaults: true, arrays: true };
  const { message, details, ...others } = statusType.toObject(statusType.decode(bytes), options) as Status;
  const rewritten = {
    ...others,
    message: rewrite(message),
    details: details.map(({ typeUrl, value }) => ({
      typeUrl,
      value: typeUrl.endsWith("/google.rpc.Status") ? rewrittenStatus(value, rewrite) : value,
    })),
  };
  return statusType.encode(statusType.fromObject(rewritten)).finish();
}
