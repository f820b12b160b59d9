import { createHash } from "node:crypto";

/** The names that a runtime gives to an image's unpacked layers, lowest first: each follows from its archive and those below. */
export function chainIds(diffIds: readonly string[]): readonly string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : `sha256:${sha256(`${below} ${diffId}`)}`);
  }
  return chain;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
