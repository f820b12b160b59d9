import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { basicFrom } from "./authorization.ts";

/** One request for a token. */
export interface TokenRequest {
  /** `basic`: GET with user and password, as registries have always had it; the others are OAuth's, by POST. */
  readonly grant: "basic" | "password" | "refresh_token" | "none";
  /** Who asked, known or not; undefined where nobody can be told. */
  readonly user: string | undefined;
  /** Such as `repository:team/image:pull`. */
  readonly scope: string;
  readonly isGranted: boolean;
}

export interface TokenServer extends AsyncDisposable {
  /** The URL to send those to who want a token. */
  readonly realm: string;
  /** The key that its tokens are signed with, as a JSON Web Key Set. */
  readonly keySet: object;
  readonly requests: readonly TokenRequest[];
  clear(): void;
}

/** Whom a token server knows. */
export interface TokenUsers {
  /** User -> password. */
  readonly users: Readonly<Record<string, string>>;
  /** Identity token -> user. */
  readonly identityTokens?: Readonly<Record<string, string>>;
}

/** What a registry and its token server call themselves and each other. */
export const tokenService = "private-registry";
export const tokenIssuer = "token-server";

/**
 * Serves tokens as registries expect them, on a free port of `host`, for the user whose password or identity token is right. Each
 * token is for the one scope asked for and names the user. All others get 401.
 */
export async function serveTokens(host: string, known: TokenUsers): Promise<TokenServer> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyId = randomUUID();
  const requests: TokenRequest[] = [];
  const server = http.createServer(async (incoming, outgoing) => {
    const asked = await askedFor(incoming);
    const user = userOf(asked, known);
    const isGranted = user !== undefined;
    requests.push({ grant: asked.grant, user: user ?? asked.user, scope: asked.scope, isGranted });
    const token = isGranted ? tokenFor(user, asked.scope, privateKey, keyId) : undefined;
    outgoing.writeHead(isGranted ? 200 : 401, { "content-type": "application/json" });
    const refusal = {
      errors: [{ code: "UNAUTHORIZED", message: "the token server knows nobody like that" }],
    };
    // Docker's own field and OAuth's.
    outgoing.end(JSON.stringify(isGranted ? { token, access_token: token, expires_in: 300 } : refusal));
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const key = { ...publicKey.export({ format: "jwk" }), kid: keyId, use: "sig", alg: "ES256" };
  return {
    realm: `http://${host}:${port}/token`,
    keySet: { keys: [key] },
    requests,
    clear: () => {
      requests.length = 0;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Asked {
  readonly grant: TokenRequest["grant"];
  readonly user: string | undefined;
  /** The password or identity token. */
  readonly secret: string;
  readonly scope: string;
}

async function askedFor(incoming: http.IncomingMessage): Promise<Asked> {
  if (incoming.method === "POST") {
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    const form = new URLSearchParams(body);
    const field = (name: string) => form.get(name) ?? "";
    const scope = field("scope");
    if (field("grant_type") === "refresh_token")
      return { grant: "refresh_token", user: undefined, secret: field("refresh_token"), scope };
    return { grant: "password", user: field("username"), secret: field("password"), scope };
  }
  const scope = new URL(incoming.url ?? "", "http://token").searchParams.getAll("scope").join(" ");
  const basic = basicFrom(incoming.headers.authorization);
  if (basic === undefined) return { grant: "none", user: undefined, secret: "", scope };
  return { grant: "basic", user: basic.user, secret: basic.password, scope };
}

/** The user that the secret proves; undefined where it proves none. */
function userOf({ grant, user, secret }: Asked, known: TokenUsers): string | undefined {
  if (grant === "refresh_token") return known.identityTokens?.[secret];
  if (grant === "none" || user === undefined || known.users[user] !== secret) return undefined;
  return user;
}

/** A JSON Web Token by the registry's specification: what it may be used for stands in `access`. */
function tokenFor(user: string, scope: string, key: KeyObject, keyId: string): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const access = scope
    .split(" ")
    .filter(Boolean)
    .map((part) => {
      const [, type, name, actions = ""] = /^([^:]+):(.+):([^:]*)$/.exec(part) ?? [];
      return { type, name, actions: actions.split(",") };
    });
  const header = { typ: "JWT", alg: "ES256", kid: keyId };
  const claims = {
    iss: tokenIssuer,
    sub: user,
    aud: tokenService,
    iat: nowSeconds,
    nbf: nowSeconds - 10,
    exp: nowSeconds + 300,
    jti: randomUUID(),
    access,
  };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
