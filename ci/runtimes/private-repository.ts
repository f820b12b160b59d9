import { randomUUID } from "node:crypto";
import { healthy } from "./faults.ts";
import { type Ask, type Reply, type Repository, refusal } from "./scripted-registry.ts";

/** Who may pull. */
export interface Members {
  /** Their passwords, by user. */
  readonly passwords: Readonly<Record<string, string>>;
  /** What `docker login` keeps instead of a password where the registry hands out such tokens. */
  readonly identityTokens?: readonly string[];
}

const unauthorized = refusal(401, "UNAUTHORIZED", "authentication required");

/** A repository that lets in whoever sends a member's user name and password. */
export function behindPassword(name: string, members: Members): Repository {
  return {
    ...healthy(name),
    reply: (ask) =>
      isMember(ask, members)
        ? undefined
        : { ...unauthorized, headers: { "www-authenticate": 'Basic realm="registry"' } },
  };
}

/**
 * A repository that lets in whoever has its token, and sends everyone else for one to its own address. There a member gets it
 * for a password, by a GET or by a form, or for an identity token, by a form.
 */
export function behindToken(name: string, members: Members): Repository & { readonly token: string } {
  const token = randomUUID();
  return {
    ...healthy(name),
    token,
    reply: (ask) => {
      if (ask.kind === "token")
        return isMember(ask, members) ? json({ token, access_token: token }) : unauthorized;
      if (ask.login?.scheme === "bearer" && ask.login.token === token) return undefined;
      const challenge = `Bearer realm="http://${ask.host}/token/${name}",service="registry",scope="repository:${name}:pull"`;
      return { ...unauthorized, headers: { "www-authenticate": challenge } };
    },
  };
}

function isMember({ login, form }: Ask, { passwords, identityTokens = [] }: Members): boolean {
  if (form.grant_type === "refresh_token") return identityTokens.includes(form.refresh_token ?? "");
  if (form.grant_type === "password") return hasPassword(form.username, form.password);
  return login?.scheme === "basic" && hasPassword(login.username, login.password);

  function hasPassword(username = "", password = ""): boolean {
    return Object.hasOwn(passwords, username) && passwords[username] === password;
  }
}

function json(value: object): Reply {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** The requests in words that hold no secret: `HEAD manifest: nobody, 2 x HEAD manifest: password of alice`. */
export function inWords(asks: readonly Ask[]): string {
  const turns: { what: string; times: number }[] = [];
  for (const ask of asks) {
    const what = `${ask.method} ${ask.kind}: ${whoSent(ask)}`;
    const last = turns.at(-1);
    if (last?.what === what) last.times += 1;
    else turns.push({ what, times: 1 });
  }
  return turns.map(({ what, times }) => (times === 1 ? what : `${times} x ${what}`)).join(", ");
}

function whoSent({ login, form }: Ask): string {
  if (form.grant_type === "refresh_token") return "an identity token";
  if (form.grant_type === "password") return `password of ${form.username}`;
  if (login === undefined) return "nobody";
  return login.scheme === "bearer" ? "a token" : `password of ${login.username}`;
}
