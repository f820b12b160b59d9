/**
 * `text` without what may be a secret: user and password in a URL, the query of a URL (registries sign blob URLs
 * there), and the values of authorization headers. Registries and runtimes put all of these into error messages.
 * For plain text: JSON may be no JSON afterwards. Takes time in proportion to the text, whatever is in it.
 */
export function redact(text: string): string {
  return text
    .replace(urlPattern, withoutSecrets)
    .replace(namedValuePattern, "$1[redacted]")
    .replace(/\b(bearer|basic)\s+[a-z0-9+/=._~-]{8,}/gi, "$1 [redacted]");
}

// The scheme's length is bounded, or a long run of letters would be searched again from each of them.
const urlPattern = /[a-z][a-z0-9+.-]{0,30}:\/\/(?:[^\s"\\]|\\(?!"))+/gi;

// Behind a slash it ends a repository's name, as in `example.com/team/auth:1.2`, whose tag is no secret.
const name = String.raw`(?<!\/[\w.-]{0,128})(?:password|passwd|secret|token|auth|authorization)\\*"?\s*[:=]\s*`;
const scheme = String.raw`\[?(?:(?:bearer|basic)\s+)?`;
// What stands behind such a name without being its value: what this function itself wrote, and containerd's phrases.
const harmless = `${scheme}\\[redacted|server message|authorization failed|unexpected status|failed to |Get "`;
// The value is in quotes, in quotes that are escaped because the text quotes JSON, or ends at white space.
const value = String.raw`"(?:[^"\\]|\\[\s\S]?)*"?|\\+"[^"]*"?|[^\s"]+`;

const namedValuePattern = new RegExp(`(${name}(?!${harmless})${scheme})(?:${value})`, "gi");

function withoutSecrets(url: string): string {
  const start = url.indexOf("://") + 3;
  const [address = "", ...query] = url.slice(start).split("?");
  // A password may hold `@` and, badly quoted, `/`; the `@` of an image's digest ends no password.
  const at = address.replace(/@(?=sha\d+:[0-9a-f]{32})/gi, " ").lastIndexOf("@");
  const user = at === -1 ? "" : "[redacted]@";
  return url.slice(0, start) + user + address.slice(at + 1) + (query.length === 0 ? "" : "?[redacted]");
}
