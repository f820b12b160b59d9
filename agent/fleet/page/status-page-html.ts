import { visible } from "../../visible.ts";

/** Text that a browser may take for HTML: only `html` makes it. */
export interface Html {
  readonly html: string;
}

/** What `html` takes between its own text. */
export type HtmlValue = string | number | Html | readonly Html[];

/**
 * HTML of the literal text as it stands, and of the values as text, in an element or between an attribute's quotes: nothing of them is markup, and
 * what nobody sees is written as JSON writes it. A value that is HTML already stays what it is.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: literals.map((literal, index) => literal + textOf(values[index] ?? "")).join("") };
}

function textOf(value: HtmlValue): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return visible(value).replace(/[&<>"']/g, entityOf);
  return "html" in value ? value.html : value.map((each) => each.html).join("");
}

function entityOf(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** These, with `separator` between them. */
export function joined(parts: readonly Html[], separator: string): Html {
  return { html: parts.map((part) => part.html).join(html`${separator}`.html) };
}
