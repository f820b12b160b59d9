import { dockerConfigFrom } from "../../../agent/credentials/docker-config.ts";
import { credentialsMatching, inKubeletsOrder } from "../../../agent/credentials/keyed-credentials.ts";
import { patternFrom } from "../../../agent/credentials/registry-pattern.ts";
import { entriesFromLines } from "../../../agent/image-list.ts";
import { hubRenamed, loginForms, type Question, type SecretOfQuestion } from "./keyring-questions.ts";
import type { KubeletKeyring, PullSecret } from "./kubelet-keyring.ts";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** `USER:PASSWORD` of each credential in the order in which they are tried, or that the image is no reference. */
export type Tried = readonly string[] | "invalid";

/** What the agent tries with such secrets. */
export function agentsLogins(secrets: readonly PullSecret[], image: string): readonly Login[] | "invalid" {
  const [entry] = entriesFromLines([image]);
  if (entry === undefined || entry.invalid !== undefined) return "invalid";
  const configs = secrets.map(({ key, text }) => dockerConfigFrom(text, key, "pull secret a"));
  const sorted = inKubeletsOrder(configs.flatMap(({ credentials }) => credentials));
  return credentialsMatching(sorted, entry.repositoryName);
}

/** What the agent tries, but for what the kubelet never would: an address's own credential, where it has no port. */
export function triedByAgent({ secrets, image }: Question): Tried {
  const written = secrets.map(writtenSecret);
  const logins = agentsLogins(written.map(pullSecret), image);
  if (logins === "invalid") return logins;
  const keys = keysOf(written);
  return settled(
    logins.filter((login) => !(isBareAddress(image) && isBareAddress(keys(login)))),
    keys,
  );
}

/**
 * What the kubelet tries once the question is put so that the wanted differences are none:
 * - `index.docker.io` is written `docker.io`: the kubelet has it only where nothing else matches, and then for
 *   `localhost/` too, which must not get Docker Hub's password;
 * - an entry for which alone the kubelet would refuse all secrets is left out, as one team's mistake is not the others';
 * - a key with an encoded `%`, `?` or `#` in its path is left out: the kubelet decodes it once more, which nobody can mean.
 * Of its answer is left out what has no login, and what it takes an address without a port for: a set of characters.
 */
export async function triedByKubelet(kubelet: KubeletKeyring, { secrets, image }: Question): Promise<Tried> {
  const written = secrets.map(writtenSecret).map(({ key, entries }) => ({
    key,
    entries: entries
      .filter(({ location }) => !/(?<!^https?:\/?)\/[^?#]*%(?:23|25|3f)/i.test(location))
      .map((entry) => ({ ...entry, location: hubRenamed(entry.location) })),
  }));
  const first = await kubelet.ask(written.map(pullSecret), image);
  if (first.error?.startsWith("the image:")) return "invalid";
  const { credentials } =
    first.error === undefined
      ? first
      : await kubelet.ask((await withoutMalformed(kubelet, written)).map(pullSecret), image);
  const keys = keysOf(written);
  return settled(
    credentials.filter((login) => hasLogin(login) && !isBareAddress(keys(login))),
    keys,
  );
}

/** Whether there is anything to log in with: without, the agent has no credential, and the kubelet an empty one. */
export function hasLogin({ username, password }: Login): boolean {
  return username !== "" || password !== "";
}

interface WrittenSecret extends Pick<SecretOfQuestion, "key"> {
  readonly entries: readonly {
    readonly location: string;
    readonly password: string;
    readonly auth: unknown;
  }[];
}

/** Each entry with a password of its own, which tells in an answer where it is from. */
function writtenSecret({ key, entries }: SecretOfQuestion, index: number): WrittenSecret {
  return {
    key,
    entries: entries.map(({ location, form }, at) => {
      const password = `p${index}.${at}`;
      return { location, password, auth: loginForms[form]?.(password) };
    }),
  };
}

function pullSecret({ key, entries }: WrittenSecret): PullSecret {
  const auths = Object.fromEntries(entries.map(({ location, auth }) => [location, auth]));
  return { key, text: JSON.stringify(key === ".dockercfg" ? auths : { auths }) };
}

async function withoutMalformed(
  kubelet: KubeletKeyring,
  secrets: readonly WrittenSecret[],
): Promise<WrittenSecret[]> {
  const left: WrittenSecret[] = [];
  for (const { key, entries } of secrets) {
    const wellFormed = [];
    for (const entry of entries) {
      const { error } = await kubelet.ask([pullSecret({ key, entries: [entry] })], "r.io/x");
      if (error === undefined) wellFormed.push(entry);
    }
    left.push({ key, entries: wellFormed });
  }
  return left;
}

type KeyOf = (login: Login) => string;

/** The key that a login was written under, as patterns are printed. */
function keysOf(secrets: readonly WrittenSecret[]): KeyOf {
  const keys = new Map(
    secrets.flatMap(({ entries }) =>
      entries.map(({ location, password }) => [password, patternFrom(location)?.text ?? ""]),
    ),
  );
  return ({ password }) => keys.get(password) ?? "";
}

/** The logins in their order, but by name where one secret has several under one key: there the kubelet's is random. */
function settled(logins: readonly Login[], keyOf: KeyOf): readonly string[] {
  const groups = logins.map((login) => `${login.password.split(".")[0]} ${keyOf(login)}`);
  return logins
    .map(({ username, password }, index) => ({
      place: groups.indexOf(groups[index] ?? ""),
      name: `${username}:${password}`,
    }))
    .sort((a, b) => a.place - b.place || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** Whether the key, or the image, is at an IPv6 address without a port. */
function isBareAddress(text: string): boolean {
  return /^\[[^\]]*\](?:\/|$)/.test(text);
}
