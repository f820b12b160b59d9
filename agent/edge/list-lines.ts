import { readFile } from "node:fs/promises";
import type { CommandResult } from "../commands/command-result.ts";
import { exitCode } from "../exit-code.ts";
import { linesFromText } from "../image-list.ts";
import type { ListSource } from "../settings.ts";

class UnreadableList extends Error {}

/** What `use` comes to with the list's lines; a file that cannot be read is bad usage. */
export async function withLines<End>(
  list: ListSource,
  use: (lines: readonly string[]) => Promise<End>,
): Promise<End | CommandResult> {
  try {
    return await use(await linesOf(list));
  } catch (error) {
    if (!(error instanceof UnreadableList)) throw error;
    return { exitCode: exitCode.usage, message: error.message };
  }
}

/** The list's lines; rejects with a sentence where the file cannot be read. */
export async function linesOf(list: ListSource): Promise<readonly string[]> {
  return list.kind === "file" ? linesFromText(await readList(list.path)) : list.lines;
}

async function readList(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableList(`the list file ${path} cannot be read: ${why}`, { cause: error });
  }
}
