import type { KeyedCredential } from "./keyed-credentials.ts";
import { patternFrom } from "./registry-pattern.ts";

/** The two forms in which a Secret holds a docker config, by the Secret's key. */
export type DockerConfigKey = ".dockerconfigjson" | ".dockercfg";

const forms: Readonly<Record<DockerConfigKey, string>> = {
  ".dockerconfigjson": '{"auths": {"REGISTRY": {...}}}',
  ".dockercfg": '{"REGISTRY": {...}}',
};

/** What a docker config holds. */
export interface DockerConfig {
  readonly credentials: readonly KeyedCredential[];
  /** What could not be used, a sentence each that names `source` and nothing of the content. */
  readonly problems: readonly string[];
}

/**
 * The credentials of a docker config's text, in the order in which they stand. One that cannot be used is a problem and leaves
 * the others as they are. `source` names the config for people: `pull secret team-a`.
 */
export function dockerConfigFrom(text: string, key: DockerConfigKey, source: string): DockerConfig {
  // Not `${source}: ...`: a secret whose name ends in "token" would look like one to the log's redaction.
  const place = `the ${key} of ${source}`;
  const config = parsed(text);
  const auths = isRecord(config) && key === ".dockerconfigjson" ? config.auths : config;
  if (!isRecord(auths)) {
    return { credentials: [], problems: [`${place} is not of the form ${forms[key]}`] };
  }
  return credentialsFrom(auths, place, (pattern) => `${pattern} of ${source}`);
}

/**
 * The credentials of a docker config's `auths`, which a credential provider answers too. `place` begins the sentences of its
 * problems; `originOf` says where a credential comes from, by its key.
 */
export function credentialsFrom(
  auths: Readonly<Record<string, unknown>>,
  place: string,
  originOf: (pattern: string) => string,
): DockerConfig {
  const credentials: KeyedCredential[] = [];
  const problems: string[] = [];
  for (const [index, [location, auth]] of Object.entries(auths).entries()) {
    const pattern = patternFrom(location);
    const login = loginFrom(auth);
    // By its number, since whoever wrote it badly may have written anything there.
    const entry = `${place} has an entry, number ${index + 1},`;
    if (pattern === undefined) problems.push(`${entry} whose name is no registry`);
    else if (typeof login === "string") problems.push(`${entry} ${login}`);
    else credentials.push({ pattern, credential: { ...login, origin: originOf(pattern.text) } });
  }
  return { credentials, problems };
}

interface Login {
  readonly username: string;
  readonly password: string;
  readonly identityToken: string;
}

/** What to log in with, or what keeps it from being used. */
function loginFrom(auth: unknown): Login | string {
  if (!isRecord(auth)) return "that is no object";
  const identityToken = textIn(auth, "identitytoken");
  const encoded = textIn(auth, "auth");
  const pair =
    encoded === ""
      ? { username: textIn(auth, "username"), password: textIn(auth, "password") }
      : pairFrom(encoded);
  if (pair === undefined) return "whose `auth` is not the base64 of USER:PASSWORD";
  if (pair.username === "" && pair.password === "" && identityToken === "")
    return "that holds no credential; one that a credential helper keeps cannot be had from a Secret";
  return { ...pair, identityToken };
}

const base64Pattern = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** As the kubelet does, `auth` counts where user name and password stand beside it. A password may have colons in it. */
function pairFrom(encoded: string): Pick<Login, "username" | "password"> | undefined {
  if (!base64Pattern.test(encoded)) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon === -1) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function textIn(record: Readonly<Record<string, unknown>>, name: string): string {
  const value = record[name];
  return typeof value === "string" ? value : "";
}

/** What the text is as JSON; undefined where it is none. The parser's error is dropped, since it quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
