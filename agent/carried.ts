// What one process hands to the next, which a sleeper starts in its place, is text in the environment: anybody may have written it.
import { fieldsOf } from "./node-record.ts";

/** What of a carried text can be read; each field that is not what it should be is undefined. */
export interface CarriedFields {
  text(name: string): string | undefined;
  /** A whole number, 0 or more. */
  count(name: string): number | undefined;
  truth(name: string): boolean | undefined;
  texts(name: string): readonly string[] | undefined;
  /** The numbers in an object, by their names. */
  numbers(name: string): Readonly<Record<string, number>> | undefined;
}

/** Reads a carried text; undefined where it is none of this version of `command` and this list. Never throws. */
export function carriedFields(
  text: string | undefined,
  command: string,
  revision: string,
): CarriedFields | undefined {
  const fields = fieldsOf(text);
  if (fields.v !== 1 || fields.command !== command || fields.revision !== revision) return undefined;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  return {
    text: (name) => (typeof fields[name] === "string" ? fields[name] : undefined),
    count: (name) => (isCount(fields[name]) ? fields[name] : undefined),
    truth: (name) => (typeof fields[name] === "boolean" ? fields[name] : undefined),
    texts: (name) => {
      const value = fields[name];
      return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
    },
    numbers: (name) => {
      const value = fields[name];
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      const entries = Object.entries(value as Readonly<Record<string, unknown>>);
      return entries.every((entry): entry is [string, number] => isCount(entry[1]))
        ? Object.fromEntries(entries)
        : undefined;
    },
  };
}

/** The text that `carriedFields` reads again. */
export function carriedText(command: string, revision: string, fields: object): string {
  return JSON.stringify({ v: 1, command, revision, ...fields });
}
