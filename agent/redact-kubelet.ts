import { redact } from "./redact.ts";

/**
 * What a kubelet says, without what may be a secret. Piece by piece: after a volume called `token` comes no token, but what is wrong
 * with it.
 */
export function redactKubelet(message: string): string {
  return message
    .split(/(?<=volume "[^"]*") : /)
    .map(redact)
    .join(" : ");
}
