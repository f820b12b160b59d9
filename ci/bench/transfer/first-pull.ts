/**
 * When containerd was first asked to pull one of the images, by the lines of its log, in milliseconds of the wall clock; undefined where it was
 * asked for none of them.
 */
export function firstPullAtMs(logText: string, references: readonly string[]): number | undefined {
  const wanted = new Set(references);
  for (const line of logText.split("\n")) {
    const [, time = "", reference = ""] =
      /^time="([^"]+)" level=info msg="PullImage \\"(.+)\\""/.exec(line) ?? [];
    if (wanted.has(reference)) return millisecondsOf(time);
  }
  return undefined;
}

/** With what it has beyond milliseconds, which Date.parse drops. */
function millisecondsOf(time: string): number {
  const [, fraction = "0"] = /\.(\d+)/.exec(time) ?? [];
  return Date.parse(time.replace(/\.\d+/, "")) + Number(`0.${fraction}`) * 1000;
}
