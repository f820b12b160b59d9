import { frozenChanges, frozenSentences } from "./frozen-cases.ts";
import type { Change } from "./node-patch.ts";

/** What stands under the release's key. */
export interface Marks {
  readonly label?: string;
  readonly annotation?: string;
}

/** A change of a Node that a pod's token asks for. */
export interface PolicyCase {
  readonly what: string;
  /** What stands there before. */
  readonly stands: Marks;
  readonly change: Change;
}

/** One that is let through. */
export interface AllowedChange extends PolicyCase {
  readonly becomes: Marks;
}

/** One that is refused, with this sentence. */
export interface RefusedChange extends PolicyCase {
  readonly sentence: string;
}

/** Label and annotation of somebody else, which stand on the nodes of the story. */
export const foreign = { key: "example.com/foreign", value: "theirs" };

/** What the policy says to what it refuses; the key is that of the label that the account may change. */
export const sentences = {
  noOtherRequest:
    "the agent may change labels and annotations of its Node, and neither make nor remove Nodes nor write their status",
  runsOn: (node: string) => `the pod runs on node ${node} and may change no other`,
  runsNowhere:
    "the token names no node that its pod runs on: Kubernetes before 1.32 needs the feature gate ServiceAccountTokenPodNodeInfo for that (it is on unless somebody has turned it off)",
  onlyLabel: (key: string) => `of all labels the agent may change only ${key}`,
  labelValue: (key: string) => `the label ${key} may be succeeded or failed`,
  onlyAnnotation: (key: string) => `of all annotations the agent may change only ${key}`,
  annotationLength: (key: string) => `the annotation ${key} may have 2048 characters at most`,
  ...frozenSentences("agent"),
};

const done: Marks = { label: "succeeded", annotation: "{}" };
const weird: Marks = { label: "weird", annotation: "not ours" };
const longest = "x".repeat(2048);
const tooLong = `${longest}x`;

const label = (key: string, value: string | null): Change => ({ metadata: { labels: { [key]: value } } });
const annotation = (key: string, value: string | null): Change => ({
  metadata: { annotations: { [key]: value } },
});

/** What the agent does, and what it meets. */
export function allowedChanges(key: string): readonly AllowedChange[] {
  return [
    { what: "nothing, which is the read", stands: done, change: {}, becomes: done },
    { what: "nothing where nothing stands", stands: {}, change: {}, becomes: {} },
    { what: "nothing over a foreign value", stands: weird, change: {}, becomes: weird },
    {
      what: "nothing over a foreign annotation that is too long",
      stands: { annotation: tooLong },
      change: {},
      becomes: { annotation: tooLong },
    },
    {
      what: "its label to succeeded where there is none",
      stands: {},
      change: label(key, "succeeded"),
      becomes: { label: "succeeded" },
    },
    {
      what: "its label to failed",
      stands: done,
      change: label(key, "failed"),
      becomes: { ...done, label: "failed" },
    },
    {
      what: "its label from a foreign value to succeeded",
      stands: weird,
      change: label(key, "succeeded"),
      becomes: { ...weird, label: "succeeded" },
    },
    { what: "its label away", stands: done, change: label(key, null), becomes: { annotation: "{}" } },
    {
      what: "a foreign value of its label away",
      stands: weird,
      change: label(key, null),
      becomes: { annotation: "not ours" },
    },
    {
      what: "its annotation, under a label of a foreign value",
      stands: weird,
      change: annotation(key, "{}"),
      becomes: { ...weird, annotation: "{}" },
    },
    {
      what: "its annotation to 2048 characters",
      stands: {},
      change: annotation(key, longest),
      becomes: { annotation: longest },
    },
    {
      what: "its annotation away",
      stands: done,
      change: annotation(key, null),
      becomes: { label: "succeeded" },
    },
    {
      what: "label and annotation at once",
      stands: {},
      change: { metadata: { labels: { [key]: "failed" }, annotations: { [key]: "{}" } } },
      becomes: { label: "failed", annotation: "{}" },
    },
  ];
}

/** What RBAC would let through. `otherKey` is another instance's, whose label stands there too. */
export function refusedChanges(key: string, otherKey: string): readonly RefusedChange[] {
  const on = (stands: Marks, sentence: string, changes: Readonly<Record<string, Change>>) =>
    Object.entries(changes).map(([what, change]) => ({ what, stands, change, sentence }));
  return [
    ...on({}, sentences.labelValue(key), {
      "its label to a third value where there is none": label(key, "done"),
    }),
    ...on(done, sentences.labelValue(key), {
      "its label to a third value": label(key, "none"),
      "its label to an empty value": label(key, ""),
      "its label to another case": label(key, "Succeeded"),
    }),
    ...on(weird, sentences.labelValue(key), {
      "its label from one foreign value to another": label(key, "weirder"),
    }),
    ...on(done, sentences.onlyLabel(key), {
      "a new label": label("example.com/new", "x"),
      "a new label with one of its values": label("example.com/new", "succeeded"),
      "a label whose key begins like its own": label(`${key}-2`, "succeeded"),
      "another's label": label(foreign.key, "succeeded"),
      "another's label away": label(foreign.key, null),
      "another instance's label": label(otherKey, "failed"),
      "another instance's label away": label(otherKey, null),
      "a label that the scheduler goes by": label("kubernetes.io/hostname", "elsewhere"),
      "its own label together with another": {
        metadata: { labels: { [key]: "failed", [foreign.key]: "mine" } },
      },
    }),
    ...on({}, sentences.annotationLength(key), {
      "its annotation to 2049 characters where there is none": annotation(key, tooLong),
    }),
    ...on(done, sentences.annotationLength(key), {
      "its annotation to 2049 characters": annotation(key, tooLong),
    }),
    ...on({ annotation: `${tooLong}x` }, sentences.annotationLength(key), {
      "a foreign annotation that is too long to one that still is": annotation(key, tooLong),
    }),
    ...on(done, sentences.onlyAnnotation(key), {
      "a new annotation": annotation("example.com/new", "x"),
      "another's annotation": annotation(foreign.key, "mine"),
      "another's annotation away": annotation(foreign.key, null),
      "another instance's annotation": annotation(otherKey, "{}"),
      "another instance's annotation away": annotation(otherKey, null),
    }),
    ...frozenChanges("agent").map((frozen) => ({ ...frozen, stands: done })),
  ];
}
