import type { ContenderName } from "./contenders/contenders.ts";
import type { ImagePlan, LayerPlan, TransferScenario } from "./transfer-types.ts";

/** How often a contender runs where neither the scenario nor the user says it. */
export const usualRepeats = { full: 5, quick: 2 } as const;

/**
 * How many times of five a rival runs: three runs beside three of the agent's say 90 %, so that all but one in twenty intervals have the
 * true ratio above their lower end, and the full bench has to end within half an hour.
 */
export const rivalTimesOfFive = 3;

/** The kubelet pulls one image after the other and starts a container for each, so that it takes long and is no rival. */
export const kubeletRepeats = 1;

const mb = 1_000_000;

const rivals: readonly ContenderName[] = [
  "agent",
  "pool 1",
  "pool 2",
  "pool 8",
  "unbounded",
  "kubelet",
  "reference-like",
];

/** The scenarios of the full bench, which takes 20 minutes for them, or of the quick one, which takes two and a half. */
export function transferScenarios(isQuick: boolean): readonly TransferScenario[] {
  return isQuick ? quickScenarios() : fullScenarios();
}

function fullScenarios(): readonly TransferScenario[] {
  return [
    linkBound({ count: 12, bytes: 6 * mb, contenders: rivals }),
    unpackBound({ count: 8, bytes: 10 * mb, contenders: rivals }),
    latencyBound({ count: 24, contenders: rivals }),
    sharedBase({ bytes: 150 * mb, leaves: 12, contenders: [...rivals, "interleaved", "large first"] }),
    {
      ...straggler({ bytes: 600 * mb, small: 20, contenders: [...rivals, "interleaved", "large first"] }),
      repeats: 3,
    },
    {
      ...slowLink({
        count: 12,
        bytes: 7 * mb,
        contenders: ["agent", "unbounded", "kubelet", "reference-like"],
      }),
      repeats: 2,
    },
  ];
}

function quickScenarios(): readonly TransferScenario[] {
  const few: readonly ContenderName[] = ["agent", "pool 1"];
  return [
    linkBound({ count: 12, bytes: 4 * mb, contenders: [...few, "reference-like"] }),
    unpackBound({ count: 4, bytes: 3 * mb, contenders: few }),
    latencyBound({ count: 16, contenders: few }),
    sharedBase({ bytes: 60 * mb, leaves: 6, contenders: few }),
    straggler({ bytes: 90 * mb, small: 10, contenders: few }),
    // The reference's cut comes after 30 s, too late for a quick bench.
    slowLink({ count: 4, bytes: 4 * mb, contenders: ["agent"] }),
  ];
}

interface Size {
  readonly count: number;
  /** Of one image. */
  readonly bytes: number;
  readonly contenders: readonly ContenderName[];
}

function linkBound({ count, bytes, contenders }: Size): TransferScenario {
  return {
    name: "link-bound",
    about: `${count} images of ${bytes / mb} MB that do not compress, over 100 Mbit/s: the link is always the last to be done.`,
    rateMbit: 100,
    delayMs: 0,
    images: times(count, (name) => ({ name, layers: layersOf(name, 2, bytes, "random") })),
    contenders,
  };
}

function unpackBound({ count, bytes, contenders }: Size): TransferScenario {
  return {
    name: "unpack-bound",
    about: `${count} images of ${bytes / mb} MB, text in thousands of files, over a link that is not shaped: the processor unpacks.`,
    rateMbit: undefined,
    delayMs: 0,
    images: times(count, (name) => ({ name, layers: layersOf(name, 2, bytes, "files") })),
    contenders,
  };
}

function latencyBound({ count, contenders }: Omit<Size, "bytes">): TransferScenario {
  return {
    name: "latency-bound",
    about: `${count} images of 100 to 200 kB at a registry that takes 100 ms for each request: what counts is how many wait at once.`,
    rateMbit: undefined,
    delayMs: 100,
    images: times(count, (name, index) => ({
      name,
      layers: layersOf(name, 1, 100_000 + (index % 6) * 20_000, "random"),
    })),
    contenders,
  };
}

function sharedBase(size: {
  bytes: number;
  leaves: number;
  contenders: readonly ContenderName[];
}): TransferScenario {
  const { bytes, leaves, contenders } = size;
  // Two bases: with one alone there would be nothing to interleave.
  const bases = times(2, (_, index) => layersOf(`base-${index + 1}`, 2, bytes / 2, "random"));
  return {
    name: "shared-base",
    about: `${leaves} leaves of 2 MB, the first half on one base of ${bytes / 2 / mb} MB and the second on another, over 250 Mbit/s: whoever pulls two leaves of a base at once must not download it twice.`,
    rateMbit: 250,
    delayMs: 0,
    images: times(leaves, (name, index) => {
      const base = bases[index < leaves / 2 ? 0 : 1] ?? [];
      return { name, layers: [...base, ...layersOf(name, 1, 2 * mb, "random")] };
    }),
    contenders,
  };
}

function straggler(size: {
  bytes: number;
  small: number;
  contenders: readonly ContenderName[];
}): TransferScenario {
  const { bytes, small, contenders } = size;
  const large: ImagePlan = { name: "large", layers: layersOf("large", 6, bytes, "random") };
  return {
    name: "straggler",
    about: `${small} images of 2 MB, and at the end of the list one of ${bytes / mb} MB in six layers, over 800 Mbit/s: the large one begins last.`,
    rateMbit: 800,
    delayMs: 0,
    images: [...times(small, (name) => ({ name, layers: layersOf(name, 1, 2 * mb, "random") })), large],
    contenders,
  };
}

function slowLink({ count, bytes, contenders }: Size): TransferScenario {
  const allAtOnce = (count * bytes * 8) / 20e6;
  return {
    name: "slow-link",
    about: `${count} images of ${bytes / mb} MB over 20 Mbit/s: ${allAtOnce.toFixed(0)} s for all at once. The reference cuts its first attempts after 30 s.`,
    rateMbit: 20,
    delayMs: 0,
    images: times(count, (name) => ({ name, layers: layersOf(name, 2, bytes, "random") })),
    contenders,
  };
}

function times<T>(count: number, make: (name: string, index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) =>
    make(`app-${String(index + 1).padStart(2, "0")}`, index),
  );
}

/** That many layers of an image's own, which come to `bytes` together. */
function layersOf(
  owner: string,
  count: number,
  bytes: number,
  content: LayerPlan["content"],
): readonly LayerPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${owner}-${index + 1}`,
    bytes: Math.round(bytes / count),
    content,
  }));
}
