// The same as plain-script.ts in the way that client-node's own examples show: by its main import and CoreV1Api.
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { work } from "./plain-work.ts";

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
const api = kubeConfig.makeApiClient(CoreV1Api);
await work((name, body) =>
  api.patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch)),
);
