/** A local Kubernetes from pinned parts, for programs. Every function says in its own file what it promises. */

export { startApiServer, stopApiServer } from "./api-server-fault.ts";
export type { Cluster, ClusterNode } from "./describe.ts";
export { daemonPid, describe } from "./describe.ts";
export { down, LeftBehind } from "./down.ts";
export { ensureParts } from "./install/ensure-parts.ts";
export { MissingRequirements } from "./install/requirements.ts";
export type { NodeOptions, TaintText } from "./node-record.ts";
export { addNode, removeNode, startNode, stopNode, wipeImages } from "./nodes.ts";
export { pushPausingImage } from "./pause-image.ts";
export type { NodeDaemon } from "./plan.ts";
export { pushRandomImage } from "./random-image.ts";
export { type GzippedLayer, type PushedImage, pushImage } from "./registry-push.ts";
export { trust } from "./trust.ts";
export { installClusterParts, up } from "./up.ts";
