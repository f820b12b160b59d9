/** An object with fields. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What the text is as JSON; undefined where it is none. The parser's error is dropped, since it quotes the text. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the value is an object with fields, and no list. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
