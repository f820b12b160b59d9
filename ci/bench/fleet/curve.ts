import { extrapolated, type Point } from "./figures.ts";

/** One line of a panel. */
export interface CurveSeries {
  readonly name: string;
  /** What was measured, by x. */
  readonly points: readonly Point[];
}

/** One chart of the picture. All of them have the same x axis. */
export interface CurvePanel {
  /** What is on the y axis, with its unit. */
  readonly title: string;
  readonly series: readonly CurveSeries[];
}

export interface CurveOptions {
  readonly xTitle: string;
  /** How far each line is drawn on, dashed, beyond what was measured. */
  readonly extrapolatedTo: number;
}

const width = 640;
const panelHeight = 220;
const plot = { left: 72, right: 24, top: 34, bottom: 44 };

/** A picture of the panels below each other, as SVG, readable on a light ground and on a dark one. */
export function curveSvg(panels: readonly CurvePanel[], options: CurveOptions): string {
  const height = panels.length * panelHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(panels.map(({ title }) => title).join("; "))}</title>`,
    `<style>${style}</style>`,
    ...panels.map((panel, index) => panelSvg(panel, index * panelHeight, options)),
    "</svg>",
    "",
  ].join("\n");
}

// Greys and colours with a contrast of 3 or more to white and to black alike.
const style = [
  "text{font:12px system-ui,sans-serif;fill:#777}",
  ".title{font-weight:600}",
  ".axis{stroke:#777;fill:none}",
  ".grid{stroke:#777;stroke-opacity:.25}",
  ".line{fill:none;stroke-width:2}",
  ".beyond{stroke-dasharray:6 5}",
  ".s0{stroke:#2a7fc9}.f0{fill:#2a7fc9}.s1{stroke:#c8641e}.f1{fill:#c8641e}",
  ".s2{stroke:#3c8f4f}.f2{fill:#3c8f4f}",
].join("");

function panelSvg({ title, series }: CurvePanel, offset: number, options: CurveOptions): string {
  const { xTitle, extrapolatedTo } = options;
  const ends = series.map(({ points }) => endOf(points, extrapolatedTo)?.y ?? 0);
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y)), ...ends);
  const [xTicks, yTicks] = [ticksUpTo(extrapolatedTo), ticksUpTo(most)];
  const right = width - plot.right;
  const bottom = panelHeight - plot.bottom;
  const xOf = (x: number) => round(plot.left + (x / (xTicks.at(-1) ?? 1)) * (right - plot.left));
  const yOf = (y: number) => round(bottom - (y / (yTicks.at(-1) ?? 1)) * (bottom - plot.top));
  return [
    `<g transform="translate(0 ${offset})">`,
    `<text class="title" x="${plot.left}" y="18">${escaped(title)}</text>`,
    ...yTicks.flatMap((tick) => [
      `<path class="grid" d="M${plot.left} ${yOf(tick)}H${right}"/>`,
      `<text x="${plot.left - 8}" y="${yOf(tick) + 4}" text-anchor="end">${labelOf(tick)}</text>`,
    ]),
    ...xTicks.map(
      (tick) => `<text x="${xOf(tick)}" y="${bottom + 16}" text-anchor="middle">${labelOf(tick)}</text>`,
    ),
    `<path class="axis" d="M${plot.left} ${plot.top}V${bottom}H${right}"/>`,
    `<text x="${(plot.left + right) / 2}" y="${bottom + 34}" text-anchor="middle">${escaped(xTitle)}</text>`,
    ...series.flatMap((each, index) => seriesSvg(each, index, { xOf, yOf, extrapolatedTo })),
    ...series.map(
      (each, index) =>
        `<text class="f${index}" x="${plot.left + 12}" y="${plot.top + 14 + 16 * index}">${legendOf(each, extrapolatedTo)}</text>`,
    ),
    "</g>",
  ].join("\n");
}

interface Scales {
  readonly xOf: (x: number) => number;
  readonly yOf: (y: number) => number;
  readonly extrapolatedTo: number;
}

function seriesSvg({ points }: CurveSeries, index: number, scales: Scales): readonly string[] {
  const { xOf, yOf, extrapolatedTo } = scales;
  const ordered = points.toSorted((a, b) => a.x - b.x);
  const pathOf = (line: readonly Point[]) => `M${line.map(({ x, y }) => `${xOf(x)} ${yOf(y)}`).join("L")}`;
  const [last, end] = [ordered.at(-1), endOf(points, extrapolatedTo)];
  return [
    `<path class="line s${index}" d="${pathOf(ordered)}"/>`,
    ...ordered.map(({ x, y }) => `<circle class="f${index}" cx="${xOf(x)}" cy="${yOf(y)}" r="3.5"/>`),
    ...(last === undefined || end === undefined
      ? []
      : [`<path class="line beyond s${index}" d="${pathOf([last, end])}"/>`]),
  ];
}

function legendOf({ name, points }: CurveSeries, extrapolatedTo: number): string {
  const end = endOf(points, extrapolatedTo);
  const beyond = end === undefined ? "" : `: ${labelOf(end.y)} at ${labelOf(end.x)} (extrapolated)`;
  return `${escaped(name)}${beyond}`;
}

/** Where the line comes to; undefined where it is not known, or nothing is beyond what was measured. */
function endOf(points: readonly Point[], extrapolatedTo: number): Point | undefined {
  if (points.length < 2 || points.some(({ x }) => x >= extrapolatedTo)) return undefined;
  return { x: extrapolatedTo, y: extrapolated(points, extrapolatedTo) };
}

/** Round numbers from 0 to `most` or a little more: 4 to 6 of them. */
export function ticksUpTo(most: number): readonly number[] {
  if (most <= 0) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = ([1, 2, 2.5, 5, 10].find((each) => most / (each * power) <= 5) ?? 10) * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

function labelOf(value: number): string {
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
