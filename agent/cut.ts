/** `text` if it has no more than `most` UTF-16 units, else its first ones and a sign that it goes on. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
