import { countOf } from "./count-of.ts";
import type { DoctorReport } from "./doctor-report.ts";
import type {
  DiskFinding,
  ImageFinding,
  LabelFinding,
  ListFinding,
  NodeFindings,
  RuntimeFinding,
} from "./findings.ts";
import { grid, labelled, type Row } from "./grid.ts";
import { visible } from "./visible.ts";

/**
 * The report as text for a terminal of `width` columns, in which long cells are wrapped; undefined for no terminal, where every row is one
 * line. Ends with the line that says whether something would keep the node from `succeeded`. A terminal obeys nothing of what the report says.
 */
export function tableFrom(report: DoctorReport, width: number | undefined): string {
  const { node, daemonSet, findings, problems, notes } = report;
  const parts = [
    visible(`node ${node}, as DaemonSet ${daemonSet} would find it`),
    ...(findings === undefined ? [] : [grid(factsFrom(findings), width), grid(imagesFrom(findings), width)]),
    grid([...labelled("PROBLEM", problems), ...labelled("NOTE", notes)], width),
    visible(summaryOf(report)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function summaryOf({ node, problems }: DoctorReport): string {
  if (problems.length === 0) return `Nothing was found that would keep node ${node} from \`succeeded\`.`;
  return `${countOf(problems.length, "problem")} would keep node ${node} from \`succeeded\`.`;
}

function factsFrom({ agent, platform, runtime, list, disk, label }: NodeFindings): readonly Row[] {
  return [
    ["AGENT", `${agent} on ${platform}`],
    ["RUNTIME", runtimeText(runtime)],
    ["LIST", listText(list)],
    ["LABEL", labelText(label)],
    ["DISK", diskText(disk)],
  ];
}

function runtimeText({ socket, version, sockets }: RuntimeFinding): string {
  if (version !== undefined)
    return `${version.name} ${version.version}, CRI ${version.apiVersion}, at ${socket}`;
  const found = sockets.length === 0 ? "no socket can be seen there" : `there are ${sockets.join(", ")}`;
  return `none at ${socket}; ${found}`;
}

function listText({ entries, pullPolicy, revision, problem }: ListFinding): string {
  const agreed = problem === undefined ? "" : ", which cannot be used";
  return `${entries} ${entries === 1 ? "entry" : "entries"}, policy ${pullPolicy}, revision ${revision ?? "unknown"}${agreed}`;
}

function labelText({ key, value, owner, revision, isWritable }: LabelFinding): string {
  if (isWritable === undefined) return `${key}: the node could not be read`;
  const standing = value === undefined ? "is not there" : `says ${value}`;
  const ofWhom = owner === undefined ? "" : `, owner ${owner}, revision ${revision ?? "unknown"}`;
  return `${key} ${standing}${ofWhom}; a dry run of the write was ${isWritable ? "accepted" : "refused"}`;
}

function diskText({ freeBytes, totalBytes, minFreePercent, isUnderDiskPressure }: DiskFinding): string {
  // Rounded down, as the guard's own sentence has it.
  const percent = (Math.floor((freeBytes / totalBytes) * 1000) / 10).toFixed(1);
  const guard = minFreePercent === 0 ? "no guard" : `pulls start from ${minFreePercent} % on`;
  const pressure = isUnderDiskPressure === true ? "; DiskPressure" : "";
  return `${gibibytes(freeBytes)} of ${gibibytes(totalBytes)} free (${percent} %), ${guard}${pressure}`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function imagesFrom({ images }: NodeFindings): readonly Row[] {
  if (images.length === 0) return [];
  return [["IMAGE", "NEEDED", "ON THE NODE", "CREDENTIALS, IN ORDER"], ...images.map(imageRow)];
}

function imageRow(finding: ImageFinding): Row {
  const { image, isRequired, state, imageId, credentials } = finding;
  const held = imageId === undefined ? state : `present, ${shortId(imageId)}`;
  const none = state === "skipped" || state === "invalid" ? "" : "unknown";
  const origins = credentials?.length === 0 ? "none" : (credentials?.join("; ") ?? none);
  return [image, isRequired ? "required" : "optional", held, origins];
}

/** As the runtimes' own tools shorten it. */
function shortId(imageId: string): string {
  return imageId.replace(/^sha256:/, "").slice(0, 12);
}
