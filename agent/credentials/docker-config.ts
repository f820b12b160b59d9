import { isUtf8 } from "node:buffer";
import { isRecord, type JsonRecord, jsonIn } from "./json.ts";
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
  const config = jsonIn(text);
  const auths = isRecord(config) && key === ".dockerconfigjson" ? valueIn(config, "auths") : config;
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
  auths: JsonRecord,
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
  const [username, password, encoded, email] = ["username", "password", "auth", "email"].map((name) =>
    textIn(auth, name),
  );
  if (username === undefined || password === undefined || encoded === undefined || email === undefined)
    return "that has something else than text where a login is text";
  const identityToken = textIn(auth, "identitytoken") ?? "";
  const pair = encoded === "" ? { username, password } : pairFrom(encoded);
  if (pair === undefined) return "whose `auth` is not the base64 of USER:PASSWORD";
  if (pair.username === "" && pair.password === "" && identityToken === "")
    return "that holds no credential; one that a credential helper keeps cannot be had from a Secret";
  return { ...pair, identityToken };
}

// With all of its padding, or with none.
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** As the kubelet does, `auth` counts where user name and password stand beside it. A password may have colons in it. */
function pairFrom(encoded: string): Pick<Login, "username" | "password"> | undefined {
  const oneLine = encoded.replace(/[\r\n]/g, "");
  if (!base64Pattern.test(oneLine)) return undefined;
  const decoded = Buffer.from(oneLine, "base64");
  const colon = decoded.indexOf(":");
  // CRI has UTF-8 alone: neither the kubelet nor the agent could send anything else.
  if (colon === -1 || !isUtf8(decoded)) return undefined;
  return {
    username: decoded.subarray(0, colon).toString("utf8"),
    password: decoded.subarray(colon + 1).toString("utf8"),
  };
}

/** Empty where there is none; undefined where it is no text. */
function textIn(record: JsonRecord, name: string): string | undefined {
  const value = valueIn(record, name) ?? "";
  return typeof value === "string" ? value : undefined;
}

/** What the record has under the name, in whatever case it is written; the kubelet takes `Auths` for `auths`, and the last of several. */
function valueIn(record: JsonRecord, name: string): unknown {
  return Object.entries(record).findLast(([key, value]) => key.toLowerCase() === name && value !== null)?.[1];
}
