import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DockerConfigKey } from "../../../agent/credentials/docker-config.ts";
import { ensureParts } from "../../cluster/cluster.ts";

/** A pull secret: its one key, which its type goes with, and the text there. */
export interface PullSecret {
  readonly key: DockerConfigKey;
  readonly text: string;
}

/** What the kubelet would do about an image. */
export interface KubeletsAnswer {
  /** In the order in which it would try them. */
  readonly credentials: readonly { readonly username: string; readonly password: string }[];
  /** Why it would not even try; it begins with `the image:` or `the secrets:`. */
  readonly error?: string;
}

/** The kubelet's own keyring, in one process that answers question after question. */
export interface KubeletKeyring extends AsyncDisposable {
  /** What the kubelet would try for the image; one question at a time. */
  ask(secrets: readonly PullSecret[], image: string): Promise<KubeletsAnswer>;
}

/** Starts it; what is not built yet is built first. */
export async function openKubeletKeyring(): Promise<KubeletKeyring> {
  const [folder = ""] = await ensureParts(["kubelet-keyring"], () => {});
  const child = spawn(join(folder, "kubelet-keyring"), { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const closed = once(child, "close");
  return {
    ask: async (secrets, image) => {
      const asked = secrets.map(({ key, text }) => ({ type: `kubernetes.io/${key.slice(1)}`, data: text }));
      child.stdin.write(`${JSON.stringify({ secrets: asked, image })}\n`);
      const { done, value } = await lines.next();
      if (done) throw new Error(`the kubelet's keyring ended while it was asked about ${image}`);
      return JSON.parse(value) as KubeletsAnswer;
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
