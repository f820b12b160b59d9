import type { FailureReason } from "../../agent/failure.ts";
import { type Ask, type Reply, type Repository, refusal, replyWith } from "./scripted-registry.ts";
import { indexOf, machine, served, type TinyImage, type TinyImageOptions, tinyImage } from "./tiny-image.ts";

/** How a registry is reached; what stands behind each is in `lab.ts`. */
export type Door =
  | "plain"
  | "https-to-plain"
  | "http-to-tls"
  | "unknown-authority"
  | "refused"
  | "no-such-name"
  | "name-server-fails"
  | "deaf";

export type RuntimeName = "containerd 2.4" | "containerd 1.6";

/** One thing that goes wrong with a pull, and the reason that the agent has to give for it. */
export interface Fault {
  /** Also the repository's name. */
  readonly name: string;
  readonly reason: FailureReason;
  /** The runtimes that notice it; all by default. */
  readonly runtimes?: readonly RuntimeName[];
  /** Default `plain`. */
  readonly door?: Door;
  /** What stands behind the repository's name; default `:1`. */
  readonly object?: string;
  /** What is pulled instead of an image of the lab. */
  readonly reference?: string;
  /** Undefined: the registry has no such repository. */
  readonly repository?: Repository;
}

/** A reply to all requests of one kind, or what makes it of the image. */
type Misbehaviour = Reply | ((image: TinyImage) => Reply);

/** Every fault that a list, a registry or the way to it can have and that shows within a second. */
export function quickFaults(): readonly Fault[] {
  return [...listFaults(), ...answerFaults(), ...wayFaults(), ...contentFaults()];
}

/** Faults that a runtime notices when 10 to 30 s have gone by. containerd 1.6 waits for an answer without any limit. */
export function slowFaults(): readonly Fault[] {
  const silent = (kind: "manifest" | "layer"): Fault => ({
    name: `silent-${kind}`,
    reason: "unavailable",
    runtimes: ["containerd 2.4"],
    repository: misbehaving(`silent-${kind}`, kind, { hangs: true }),
  });
  return [silent("manifest"), silent("layer"), { name: "deaf", reason: "unavailable", door: "deaf" }];
}

function listFaults(): readonly Fault[] {
  return [
    { name: "upper-case", reason: "invalid_reference", reference: "example.com/UPPER:1" },
    { name: "two-tags", reason: "invalid_reference", reference: "example.com/app:1:2" },
    { name: "no-digest", reason: "invalid_reference", reference: "example.com/app@sha256:12" },
    { name: "other-digest", reason: "invalid_reference", reference: `example.com/app@md5:${"0".repeat(32)}` },
    { name: "missing-repository", reason: "not_found" },
    { name: "missing-tag", reason: "not_found", object: ":2", repository: healthy("missing-tag") },
    {
      name: "missing-digest",
      reason: "not_found",
      object: `@sha256:${"0".repeat(64)}`,
      repository: healthy("missing-digest"),
    },
    { name: "other-platform", reason: "no_platform", repository: otherPlatform("other-platform") },
  ];
}

/** What a registry, or the server that it sends for a token, can answer. */
function answerFaults(): readonly Fault[] {
  const fault = (name: string, reason: FailureReason, kind: Ask["kind"], reply: Misbehaviour): Fault => {
    return { name, reason, repository: misbehaving(name, kind, reply) };
  };
  const token = (name: string, reason: FailureReason, reply: Reply): Fault => {
    return { name, reason, repository: wantsToken(name, reply) };
  };
  const broken = [500, 502, 503, 504, 408];
  return [
    fault("basic-401", "unauthorized", "manifest", { ...unauthorized, headers: basic }),
    fault("bare-401", "unauthorized", "manifest", unauthorized),
    fault("manifest-403", "unauthorized", "manifest", denied),
    fault("bare-403", "unauthorized", "manifest", { status: 403 }),
    fault("layer-401", "unauthorized", "layer", { ...unauthorized, headers: basic }),
    fault("layer-403", "unauthorized", "layer", denied),
    token("token-401", "unauthorized", unauthorized),
    token("token-403", "unauthorized", denied),
    token("token-not-enough", "unauthorized", { body: JSON.stringify({ token: "dG9rZW4" }) }),
    token("token-429", "throttled", tooMany),
    token("token-503", "unavailable", { status: 503 }),
    token("token-garbage", "unknown", { body: "<html>" }),
    fault("manifest-429", "throttled", "manifest", tooMany),
    fault("retry-after", "throttled", "manifest", { ...tooMany, headers: { "retry-after": "30" } }),
    fault("layer-429", "throttled", "layer", tooMany),
    fault("bare-layer-429", "throttled", "layer", { status: 429 }),
    { name: "get-429", reason: "throttled", repository: misbehaving("get-429", "manifest", tooMany, "GET") },
    ...broken.map((status) => fault(`manifest-${status}`, "unavailable", "manifest", { status })),
    fault("layer-500", "unavailable", "layer", refusal(500, "UNKNOWN", "no space left on device")),
    fault("layer-503", "unavailable", "layer", { status: 503 }),
    fault("missing-layer", "not_found", "layer", blobUnknown),
    fault("missing-config", "not_found", "config", blobUnknown),
    fault("manifest-400", "unknown", "manifest", { status: 400 }),
  ];
}

/** What can be wrong between the runtime and the registry. */
function wayFaults(): readonly Fault[] {
  const doors: readonly Door[] = [
    "refused",
    "no-such-name",
    "name-server-fails",
    "https-to-plain",
    "http-to-tls",
    "unknown-authority",
  ];
  const fault = (name: string, kind: Ask["kind"], reply: Misbehaviour, method?: string): Fault => {
    return { name, reason: "unavailable", repository: misbehaving(name, kind, reply, method) };
  };
  const cut = (by: "reset" | "end") => (image: TinyImage) => ({
    ...replyWith(image.layer),
    cut: { after: 700, by },
  });
  return [
    ...doors.map((door): Fault => ({ name: door, reason: "unavailable", door })),
    fault("manifest-empty", "manifest", {}),
    fault("manifest-reset", "manifest", { body: "{}", cut: { after: 1, by: "reset" } }, "GET"),
    fault("layer-reset", "layer", cut("reset")),
    fault("layer-truncated", "layer", cut("end")),
    fault("layer-short", "layer", ({ layer }) => ({
      ...replyWith(layer),
      body: layer.bytes.subarray(0, 700),
    })),
  ];
}

/** What a registry can send that is no image, or not the one it should be. */
function contentFaults(): readonly Fault[] {
  const corrupt = (name: string, kind: "manifest" | "config" | "layer", change = changed): Fault => {
    const reply = (image: TinyImage) => ({ ...replyWith(image[kind]), body: change(image[kind].bytes) });
    return { name, reason: "corrupt", repository: misbehaving(name, kind, reply, "GET") };
  };
  const odd = (name: string, mediaType: string, text: string): Fault => {
    const tagged = served(mediaType, Buffer.from(text));
    return { name, reason: "unknown", repository: { ...healthy(name), tagged } };
  };
  const noArchive = { layer: Buffer.from("neither tar nor anything else\n".repeat(40)) };
  return [
    corrupt("manifest-wrong-digest", "manifest"),
    corrupt("config-wrong-digest", "config"),
    corrupt("layer-wrong-digest", "layer"),
    corrupt("layer-long", "layer", (bytes) => Buffer.concat([bytes, Buffer.alloc(9)])),
    { name: "layer-no-archive", reason: "unknown", repository: healthy("layer-no-archive", noArchive) },
    odd("schema-1", "application/vnd.docker.distribution.manifest.v1+prettyjws", schema1),
    odd("manifest-garbage", "application/vnd.oci.image.manifest.v1+json", "<html>please log in</html>"),
    odd("manifest-html", "text/html", "<html>please log in</html>"),
  ];
}

const basic = { "www-authenticate": 'Basic realm="registry"' };
const unauthorized = refusal(401, "UNAUTHORIZED", "authentication required");
const denied = refusal(403, "DENIED", "requested access to the resource is denied");
const tooMany = refusal(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
const blobUnknown = refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
const schema1 = JSON.stringify({ schemaVersion: 1, name: "schema-1", tag: "1", architecture: machine });

/** A repository without fault. */
export function healthy(name: string, options?: TinyImageOptions): Repository {
  return { image: tinyImage(name, options) };
}

/** A repository that answers requests of one kind, and of one method if that is given, in a way of its own. */
export function misbehaving(
  name: string,
  kind: Ask["kind"],
  misbehaviour: Misbehaviour,
  method?: string,
  options?: TinyImageOptions,
): Repository {
  const image = tinyImage(name, options);
  const reply = typeof misbehaviour === "function" ? misbehaviour(image) : misbehaviour;
  const isMeant = (ask: Ask) => ask.kind === kind && (method === undefined || ask.method === method);
  return { image, reply: (ask) => (isMeant(ask) ? reply : undefined) };
}

/** A repository that refuses whoever has no token, and whoever has one; tokens are asked for at its own address. */
function wantsToken(name: string, token: Reply): Repository {
  return {
    image: tinyImage(name),
    reply: ({ kind, host, hasCredential }) => {
      if (kind === "token") return token;
      const problem = hasCredential ? ',error="insufficient_scope"' : "";
      const challenge = `Bearer realm="http://${host}/token/${name}",service="registry"${problem}`;
      return { ...unauthorized, headers: { "www-authenticate": challenge } };
    },
  };
}

function otherPlatform(name: string): Repository {
  const image = tinyImage(name, { architecture: "s390x" });
  return { image, tagged: indexOf(image, "s390x") };
}

/** The same but for one bit, which JSON does not notice. */
function changed(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  const text = copy.lastIndexOf("0");
  copy[text] = "1".charCodeAt(0);
  return copy;
}
