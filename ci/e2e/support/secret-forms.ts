/** A secret, and the user whose it is if it is a password. */
export interface KnownSecret {
  readonly user?: string;
  readonly secret: string;
}

/**
 * The texts by which the secret would give itself away: plain, as URLs and JSON write it, in base64 by itself, as USER:SECRET, and as
 * a part of whatever was encoded with it in the midst.
 */
export function secretForms({ user, secret }: KnownSecret): readonly string[] {
  const whole = user === undefined ? [secret] : [secret, `${user}:${secret}`];
  const basic = whole.map((text) => Buffer.from(text).toString("base64"));
  const forms = [
    ...[secret, ...basic].flatMap(inText),
    // A docker config in a Secret is encoded with the password, and the base64 of its login, in its midst.
    ...[secret, ...basic].flatMap((text) => inBase64(Buffer.from(text))),
  ];
  return [...new Set(forms)];
}

/** Which of the named texts hold one of the secrets in whatever form. */
export function placesWithSecrets(
  texts: Iterable<readonly [place: string, text: string]>,
  secrets: readonly KnownSecret[],
): readonly string[] {
  const forms = secrets.flatMap(secretForms);
  const isLeaky = (text: string) => forms.some((form) => text.includes(form));
  return [...new Set([...texts].filter(([, text]) => isLeaky(text)).map(([place]) => place))].sort();
}

function inText(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  // As Go's encoder writes it, and kubectl with it.
  const html = json.replaceAll("&", "\\u0026").replaceAll("<", "\\u003c").replaceAll(">", "\\u003e");
  return [text, json, html, encodeURIComponent(text), new URLSearchParams([["", text]]).toString().slice(1)];
}

/** The characters that stand for the bytes, whatever comes before and after them: at each of three offsets others. */
function inBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    // Those at either end hold bits of the neighbours too.
    const first = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const standard = encoded.slice(first, end);
    return [standard, standard.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
