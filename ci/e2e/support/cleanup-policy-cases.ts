import { frozenChanges, frozenSentences } from "./frozen-cases.ts";
import type { Change } from "./node-patch.ts";

/** Texts under the keys of labels, or of annotations. */
export type Texts = Readonly<Record<string, string>>;

/** A change that is let through. */
export interface AllowedRemoval {
  readonly what: string;
  readonly change: Change;
  /** What of the standing texts is no longer there. */
  readonly removed: { readonly labels: readonly string[]; readonly annotations: readonly string[] };
}

/** A change that is refused, with this sentence. */
export interface RefusedByCleanup {
  readonly what: string;
  readonly change: Change;
  readonly sentence: string;
}

const prefix = "image-prefetcher.stackrox.io/";

/** The keys on the story's nodes that are the prefetcher's: of the release's instance, and of instances of whoever's. */
export const ours = {
  own: `${prefix}cleanup-policy`,
  former: `${prefix}cleanup-policy-Former_1`,
  other: `${prefix}cleanup-policy.other`,
};

/** Keys beside them that only look like the prefetcher's, and one that does not. */
export const theirs = {
  foreign: "example.com/foreign",
  longer: "image-prefetcher.stackrox.io.example.com/cleanup-policy",
  subdomain: "x.image-prefetcher.stackrox.io/cleanup-policy",
  withoutSlash: "image-prefetcher.stackrox.io",
};

/** What stands under all of these on each node, as label and as annotation. */
export const standing: Texts = {
  [ours.own]: "failed",
  [ours.former]: "succeeded",
  [ours.other]: "whatever",
  [theirs.foreign]: "theirs",
  [theirs.longer]: "theirs",
  [theirs.subdomain]: "theirs",
  [theirs.withoutSlash]: "theirs",
};

/** What a cleanup's policy says to what it refuses. */
export const cleanupSentences = {
  noOtherRequest:
    "the cleanup may remove labels and annotations of Nodes, and neither make nor remove Nodes nor write their status",
  onlyRemove: (what: "labels" | "annotations") =>
    `of all ${what} the cleanup may only remove those that begin with ${prefix}`,
  ...frozenSentences("cleanup"),
};

const label = (key: string, value: string | null): Change => ({ metadata: { labels: { [key]: value } } });
const annotation = (key: string, value: string | null): Change => ({
  metadata: { annotations: { [key]: value } },
});

/** What a cleanup does, whose labels they ever are. */
export function allowedRemovals(): readonly AllowedRemoval[] {
  const none = { labels: [], annotations: [] };
  const both = Object.values(ours);
  const removal = Object.fromEntries(both.map((key) => [key, null]));
  return [
    { what: "nothing", change: {}, removed: none },
    {
      what: "the label of the release's instance away",
      change: label(ours.own, null),
      removed: { ...none, labels: [ours.own] },
    },
    {
      what: "the label of another instance away, whatever its value",
      change: label(ours.other, null),
      removed: { ...none, labels: [ours.other] },
    },
    {
      what: "the annotation of an instance with upper case and `_` away",
      change: annotation(ours.former, null),
      removed: { ...none, annotations: [ours.former] },
    },
    {
      what: "labels and annotations of all instances away at once",
      change: { metadata: { labels: removal, annotations: removal } },
      removed: { labels: both, annotations: both },
    },
  ];
}

/** What RBAC would let through. */
export function refusedByCleanup(): readonly RefusedByCleanup[] {
  const of = (what: "labels" | "annotations", text: typeof label): readonly RefusedByCleanup[] => {
    const sentence = cleanupSentences.onlyRemove(what);
    const one = what.slice(0, -1);
    const another = what === "labels" ? "a label" : "an annotation";
    const changes: Readonly<Record<string, Change>> = {
      [`a prefetcher's ${one} to succeeded`]: text(ours.own, "succeeded"),
      [`a prefetcher's ${one} to nothing`]: text(ours.own, ""),
      [`a new prefetcher's ${one}`]: text(`${prefix}cleanup-policy-new`, "succeeded"),
      [`a new ${one}`]: text("example.com/new", "x"),
      [`another's ${one}`]: text(theirs.foreign, "mine"),
      [`another's ${one} away`]: text(theirs.foreign, null),
      [`${another} away whose domain goes on after the prefetcher's`]: text(theirs.longer, null),
      [`${another} away whose domain ends like the prefetcher's`]: text(theirs.subdomain, null),
      [`${another} away whose key is the prefetcher's domain`]: text(theirs.withoutSlash, null),
      [`another's ${one} away together with the prefetcher's`]: {
        metadata: { [what]: { [ours.own]: null, [theirs.foreign]: null } },
      },
    };
    return Object.entries(changes).map(([name, change]) => ({ what: name, change, sentence }));
  };
  return [...of("labels", label), ...of("annotations", annotation), ...frozenChanges("cleanup")];
}
