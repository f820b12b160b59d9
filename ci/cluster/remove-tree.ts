import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { runCommand } from "../run-command.ts";

/** Removes the folder and all in it, after it unmounted whatever the host has mounted below it. */
export async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const mount of mountsBelow(folder)) await runCommand("umount", ["--lazy", mount]);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Mount points in the folder, the innermost first. */
export function mountsBelow(folder: string): string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const points = lines.flatMap((line) => line.split(" ")[4] ?? []);
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}
