import { join } from "node:path";

/** How the image starts the agent, for a folder of this machine in which its files lie. */
export interface ImageCommand {
  /** The arguments of Node.js itself, the agent's file last. */
  readonly args: readonly string[];
  /** What the image sets beside what a pod has anyway. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What a Dockerfile's ENTRYPOINT and ENV say, without the process before Node.js, which only passes signals on. Absolute paths come to lie
 * in `folder`. Throws where the ENTRYPOINT does not start `/node`.
 */
export function imageCommand(dockerfile: string, folder: string): ImageCommand {
  const inFolder = (word: string) => (word.startsWith("/") ? join(folder, word) : word);
  const [, list] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile) ?? [];
  const words = JSON.parse(list ?? "[]") as string[];
  const node = words.indexOf("/node");
  if (node === -1) throw new Error("the Dockerfile's ENTRYPOINT does not start /node");
  const lines = dockerfile.matchAll(/^ENV ((?:[A-Z_]+=\S+ ?)+)$/gm);
  const pairs = [...lines].flatMap(([, text = ""]) => text.trim().split(" "));
  const env = pairs.map((pair) => {
    const end = pair.indexOf("=");
    return [pair.slice(0, end), inFolder(pair.slice(end + 1))] as const;
  });
  return { args: words.slice(node + 1).map(inFolder), env: Object.fromEntries(env) };
}
