/** `text` if it has no more than `most` UTF-16 units, else its first ones and a sign that it goes on; no character is halved. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
}
