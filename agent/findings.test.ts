import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgementOf, type NodeFindings } from "./findings.ts";
import { nodeFindings } from "./testing/node-findings.ts";

const absent = { image: "a", isRequired: true, state: "missing", credentials: [] } as const;
const missingNote = "1 of the images is not here yet; no registry was asked whether a pull would succeed";
const present = { ...absent, state: "present" } as const;
const always = { entries: 1, pullPolicy: "Always" };
const broken = "pull secret x is not there";
const full = { freeBytes: 1, totalBytes: 10, minFreePercent: 20, problem: "the disk is full" };

describe("judgementOf()", () => {
  const cases: readonly {
    readonly what: string;
    readonly found: Partial<NodeFindings>;
    readonly problems?: readonly string[];
    readonly notes?: readonly string[];
  }[] = [
    { what: "finds nothing where all is there", found: {} },
    {
      what: "passes on what the runtime, the list and the label say",
      found: {
        runtime: { socket: "/run/x.sock", sockets: [], problem: "no runtime" },
        list: { entries: 0, pullPolicy: "Always", problem: "no list" },
        label: { key: "k", problem: "no label" },
      },
      problems: ["no runtime", "no list", "no label"],
    },
    {
      what: "takes a missing image for what is still to be pulled, and says that nobody tried",
      found: { images: [absent] },
      notes: [missingNote],
    },
    {
      what: "counts several",
      found: { images: [absent, { ...absent, image: "b" }] },
      notes: ["2 of the images are not here yet; no registry was asked whether a pull would succeed"],
    },
    {
      what: "takes a missing image that the last round failed with for a problem",
      found: { images: [{ ...absent, lastFailure: "unauthorized" }] },
      problems: ["a is missing, and the last round failed with it: unauthorized"],
      notes: [missingNote],
    },
    {
      what: "forgets the last round's failure once the image is there",
      found: { images: [{ ...absent, state: "present", lastFailure: "unauthorized" }] },
    },
    {
      what: "takes an image that is there and could not be confirmed for a problem under policy Always",
      found: { list: always, images: [{ ...present, lastFailure: "unauthorized" }] },
      problems: [
        "a is here, but has to be confirmed with its registry, and the last round failed with it: unauthorized",
      ],
    },
    {
      what: "counts no optional image's failure",
      found: {
        images: [
          { ...absent, isRequired: false, lastFailure: "not_found" },
          { image: "B!", isRequired: false, state: "invalid", message: "is no image reference" },
          { ...absent, image: "c", state: "present" },
        ],
      },
      notes: [missingNote],
    },
    {
      what: "names an invalid reference, and an image of which the runtime does not say whether it is there",
      found: {
        images: [
          { image: "B!", isRequired: true, state: "invalid", message: "is no image reference" },
          { image: "c", isRequired: true, state: "unknown", message: "it hangs" },
        ],
      },
      problems: ["B!: is no image reference", "c: it hangs"],
    },
    {
      what: "says once that the runtime does not answer, and not of each image",
      found: {
        runtime: { socket: "/run/x.sock", sockets: [], problem: "no runtime" },
        images: [{ image: "c", isRequired: true, state: "unknown" }],
      },
      problems: ["no runtime"],
    },
    {
      what: "takes a full disk for a problem where something is to be pulled",
      found: { disk: full, images: [absent] },
      problems: ["the disk is full"],
      notes: [missingNote],
    },
    { what: "only notes a full disk where nothing is", found: { disk: full }, notes: ["the disk is full"] },
    {
      what: "takes a full disk for a problem where nobody knows what is to be pulled",
      found: { disk: full, runtime: { socket: "/run/x.sock", sockets: [], problem: "no runtime" } },
      problems: ["no runtime", "the disk is full"],
    },
    {
      what: "blames a source that cannot be used where a missing image has no credential",
      found: { credentialProblems: ["pull secret x is not there"], images: [absent] },
      problems: ["pull secret x is not there"],
      notes: [missingNote],
    },
    {
      what: "only notes a source that cannot be used where the missing image has a credential",
      found: {
        credentialProblems: ["pull secret x is not there"],
        images: [{ ...absent, credentials: ["y"] }],
      },
      notes: ["pull secret x is not there", missingNote],
    },
    {
      what: "blames a source that cannot be used where an image that is there has to be confirmed without a credential",
      found: { list: always, credentialProblems: [broken], images: [present] },
      problems: [broken],
    },
    {
      what: "only notes such a source where the image to be confirmed has a credential, is optional, or needs no confirming",
      found: {
        list: always,
        credentialProblems: [broken],
        images: [
          { ...present, credentials: ["y"] },
          { ...present, image: "b", isRequired: false },
          { ...present, image: "c", state: "skipped" },
        ],
      },
      notes: [broken],
    },
    {
      what: "only notes such a source where the image is there and that is enough",
      found: { credentialProblems: [broken], images: [present] },
      notes: [broken],
    },
    {
      what: "takes a full disk for a problem where an image is to be confirmed",
      found: { list: always, disk: full, images: [present] },
      problems: ["the disk is full"],
    },
    {
      what: "says that a node for which no required image is meant gets no label",
      found: { images: [{ image: "a", isRequired: true, state: "skipped" }] },
      notes: ["no required image is meant for this node's platform, so it gets no label"],
    },
  ];
  for (const { what, found, problems = [], notes = [] } of cases) {
    it(what, () => assert.deepEqual(judgementOf(nodeFindings(found)), { problems, notes }));
  }
});
