import { createHash } from "node:crypto";

/** A user name with its password, or an identity token, for a part of a registry. What there is not is empty. */
export interface PullCredential {
  readonly username: string;
  readonly password: string;
  /** Exchanged for a registry's token by the runtime; one that stands beside a password is passed on and not used. */
  readonly identityToken: string;
  /** Where it comes from and what it is for, without a secret: `registry.example.com/team of pull secret team-a`. */
  readonly origin: string;
}

/** Equal for credentials that log in alike, whatever they come from. A hash: a process remembers it for longer than the secret lives. */
export function identityOf({ username, password, identityToken }: PullCredential): string {
  return createHash("sha256")
    .update(JSON.stringify([username, password, identityToken]))
    .digest("base64");
}
