/** The text of each fenced `sh` block of a Markdown text, in order. */
export function shellBlocksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
}
