/**
 * `text` without what may be a secret: user and password in a URL, the query of a URL (registries sign blob URLs
 * there), and the values of authorization headers. Registries and runtimes put all of these into error messages.
 */
export function redact(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, "$1[redacted]@")
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, "$1?[redacted]")
    .replace(/\b(bearer|basic)\s+[a-z0-9+/=._~-]{8,}/gi, "$1 [redacted]")
    .replace(
      /("?(?:password|passwd|secret|token|auth|authorization)"?\s*[:=]\s*)"?[^\s",}]+"?/gi,
      "$1[redacted]",
    );
}
