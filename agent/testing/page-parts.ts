// Reads a status page back, for tests that need no browser.

/** Each cell: its class, where it leads, its name, what else is known of the node, its mark. */
export function cellsIn(html: string): readonly (readonly string[])[] {
  const pattern = /<a class=(\S+) href=#(\S+) aria-label="([^"]*)" data-d="([^"]*)">(.)<\/a>/g;
  return [...html.matchAll(pattern)].map(([, ...parts]) => parts);
}

/** What stands in the page, without markup, style and script. */
export function textIn(html: string): string {
  return html
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The headings of the groups of nodes. */
export function groupsIn(html: string): readonly string[] {
  const found = html.matchAll(/<div class=group><h3[^>]*>([\s\S]*?)<\/h3>/g);
  return [...found].map(([, heading = ""]) => textIn(heading));
}

/** What the page says of why nodes are as they are, one text a cause. */
export function causesIn(html: string): readonly string[] {
  return [...html.matchAll(/<li class=cause id=[\s\S]*?<\/div>/g)].map(([cause]) => textIn(cause));
}
