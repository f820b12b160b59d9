// What a terminal obeys or does not show: control characters, those that turn the direction of writing, and line separators.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

// The line feeds between JSON's values are the writer's own.
const unseenInJson = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `text` as one line that a terminal shows and does not obey: what it would not show is written as JSON writes it. */
export function visible(text: string): string {
  return text.replace(unseen, escaped);
}

/** `value` as JSON for people and programs. JSON itself lets DEL, the C1 control characters and the invisible ones pass. */
export function visibleJson(value: object): string {
  return JSON.stringify(value, null, 2).replace(unseenInJson, escaped);
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  if (short !== character) return short;
  const units = character.split("").map((unit) => unit.charCodeAt(0));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
