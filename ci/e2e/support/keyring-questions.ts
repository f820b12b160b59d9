import fc from "fast-check";
import type { DockerConfigKey } from "../../../agent/credentials/docker-config.ts";

/** An entry of a pull secret: the key, and by what form of `loginForms` it has its login. */
export interface EntryOfSecret {
  readonly location: string;
  readonly form: string;
}

/** A pull secret; no two of its entries have the same key. */
export interface SecretOfQuestion {
  readonly key: DockerConfigKey;
  readonly entries: readonly EntryOfSecret[];
}

/** Which credentials are to be tried for the image? */
export interface Question {
  readonly secrets: readonly SecretOfQuestion[];
  readonly image: string;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** What an entry may be, by the password that tells it from all others. */
export const loginForms: Readonly<Record<string, (password: string) => unknown>> = {
  plain: (password) => ({ username: "me", password }),
  auth: (password) => ({ auth: base64(`me:${password}`) }),
  unpadded: (password) => ({ auth: base64(`me:${password}`).replace(/=+$/, "") }),
  broken: (password) => ({ auth: `${base64(`me:${password}`).replace(/=+$/, "")}=====` }),
  "both, of which one counts": (password) => ({
    auth: base64(`me:${password}`),
    username: "other",
    password: "x",
  }),
  "in capitals": (password) => ({ USERNAME: "me", Password: password }),
  "password alone": (password) => ({ password }),
  "a token beside it": (password) => ({ auth: base64(`me:${password}`), identitytoken: "token" }),
  "null beside it": (password) => ({ username: "me", password, auth: null, email: null }),
  "a number for a name": (password) => ({ username: 1, password }),
  "a list for an address": (password) => ({ username: "me", password, email: [] }),
  nothing: () => ({}),
  null: () => null,
  text: (password) => password,
};

/** `likely` nine times of ten: what goes wrong is to be seen between things that go well. */
const mostly = (likely: string, ...others: readonly string[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(likely) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const joined = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((texts) => texts.join(""));
const path = (folder: fc.Arbitrary<string>, minLength: number) =>
  fc.array(folder, { minLength, maxLength: 3 }).map((folders) => folders.map((each) => `/${each}`).join(""));
const words = (text: string) => fc.constantFrom(...text.split(" "));

// Few of each, so that keys often are for the image, and several of them.
const tidyFolder = words("team x library");
const untidyFolder = fc.oneof(
  words("te teams v1 v2 Te%61m %74eam te%2561m te%3Fam te%zz Team *"),
  fc.constant(""),
);
const untidyHost = fc.oneof(
  fc
    .array(fc.oneof(words("a b ab * a* *b *a* a*b **"), fc.constant("")), { maxLength: 3 })
    .map((labels) => labels.join(".")),
  words("registry-1.docker.io [1] [::::] [::1%25a] [1.2.3.4] a[b].b ü.b a%2Eb a_b.b a\\b.b a,b.b A.b"),
);

/** Any key; mostly one whose host is of `hosts`. */
const locationAt = (hosts: fc.Arbitrary<string>) =>
  fc.oneof(
    {
      weight: 20,
      arbitrary: joined(
        fc.oneof(
          { weight: 4, arbitrary: mostly("", "http://", "HTTPS://", "ftp://", "//") },
          words("https://"),
        ),
        mostly("", "me@", "me:word@", "a@b@", "m e@", "%41@", "%4@", "@"),
        fc.oneof({ weight: 9, arbitrary: hosts }, { weight: 1, arbitrary: untidyHost }),
        mostly("", ":5000", ":", ":05000", ":80a", ":*", ":1:2"),
        mostly("", "/v1", "/v2", "/v1/", "/v2/"),
        path(fc.oneof({ weight: 9, arbitrary: tidyFolder }, { weight: 1, arbitrary: untidyFolder }), 0),
        mostly("", "/", "?q=1", "#f", "#%", "?a#%41", "/?", "?a\nb", "\u0000", " "),
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary-ascii" }) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme" }) },
  );

/** The key with Docker Hub's one name in the place of its other. */
export function hubRenamed(key: string): string {
  return key.replace(/^((?:https?:\/\/)?(?:[^/?#]*@)?)index\.docker\.io(?=[:/?#]|$)/, "$1docker.io");
}

const secretAt = (hosts: fc.Arbitrary<string>): fc.Arbitrary<SecretOfQuestion> =>
  fc.record({
    key: fc.constantFrom<DockerConfigKey>(".dockerconfigjson", ".dockercfg"),
    entries: fc.uniqueArray(
      fc.record({
        location: locationAt(hosts),
        form: fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom("plain", "auth") },
          { weight: 1, arbitrary: fc.constantFrom(...Object.keys(loginForms)) },
        ),
      }),
      { selector: (entry) => hubRenamed(entry.location), maxLength: 6 },
    ),
  });

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;
const imageAt = (registry: fc.Arbitrary<string>) =>
  joined(
    registry,
    path(fc.oneof({ weight: 30, arbitrary: tidyFolder }, { weight: 1, arbitrary: untidyFolder }), 1),
    mostly("", ":1", ":v1.2_x", digest, `:1${digest}`),
  );

/** Secrets with keys mostly for these hosts, and an image at one of these registries; short names are at none. */
const questionAt = (hosts: fc.Arbitrary<string>, registries: fc.Arbitrary<string>): fc.Arbitrary<Question> =>
  fc.record({
    secrets: fc.array(secretAt(hosts), { minLength: 1, maxLength: 3 }),
    image: imageAt(registries).map((image) => image.replace(/^\//, "")),
  });

/** Of which a good part match, in ways that people write and in ways that nobody should. */
export const questions: fc.Arbitrary<Question> = fc.oneof(
  // Stars within a label, where a piece may be looked for beyond the one that follows it.
  questionAt(fc.stringMatching(/^[ab*]{1,5}\.b$/), fc.stringMatching(/^[ab]{1,3}\.b$/)),
  questionAt(
    words("a.b *.b a.* *.* a*.b *b.b ab.b a*b.b *"),
    joined(words("a.b ab.b"), mostly("", ":5000", ":05000")),
  ),
  questionAt(words("a.b:5000 *.b:5000 a.* a.*:5000"), words("a.b:5000")),
  questionAt(
    words("docker.io index.docker.io *.io docker.*"),
    fc.oneof(fc.constant(""), words("docker.io index.docker.io")),
  ),
  questionAt(words("localhost * l*t index.docker.io A [::A]"), words("localhost localhost:5000 A")),
  questionAt(
    words("[::1] [::1]:5000 [::a] * *:5000 *1 *1:5000 ::1"),
    words("[::1] [::1]:5000 [::a]:5000 [::::]"),
  ),
);

const login = fc
  .tuple(fc.constantFrom("me:", "", ":"), fc.string({ unit: "grapheme" }))
  .map((texts) => texts.join(""));

/** What may stand as `auth`: base64 with and without its padding, cut, broken over lines, of no text, and what is none. */
export const encodedLogins: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9+/=\r\n -]{0,12}$/),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from([0x3a, ...bytes]).toString("base64")),
  fc
    .tuple(login, fc.nat({ max: 2 }), fc.constantFrom("", "=", "==", "\r\n=", "\n="))
    .map(([text, cut, end]) => `${base64(text).slice(0, base64(text).length - cut)}${end}`),
  fc
    .tuple(login, fc.nat({ max: 20 }), fc.constantFrom("", "", "\n", "\r\n", " ", "\t", "="))
    .map(([text, at, between]) => `${base64(text).slice(0, at)}${between}${base64(text).slice(at)}`),
);
