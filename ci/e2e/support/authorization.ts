/** A user with a password, as `Authorization: Basic` has them. */
export interface Basic {
  readonly user: string;
  readonly password: string;
}

/** What the Authorization header says; undefined where it is of another scheme or missing. */
export function basicFrom(header: string | undefined): Basic | undefined {
  const [, encoded] = /^Basic +(\S+)$/i.exec(header ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon === -1 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Who the Authorization header says is asking, whether that is true or not: Basic's user, or a bearer token's subject. */
export function userFrom(header: string | undefined): string | undefined {
  const basic = basicFrom(header);
  if (basic !== undefined) return basic.user;
  const [, claims] = /^Bearer +[^.]+\.([^.]+)\./i.exec(header ?? "") ?? [];
  if (claims === undefined) return undefined;
  const { sub } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as { sub?: string };
  return sub;
}
