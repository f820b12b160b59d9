import { ensureDebianPrograms } from "../image/debian-programs.ts";

/**
 * The folder of `prometheus` and `promtool` of Debian 12, 98 MB; downloaded, 19 MB, where they are not there yet. Rules and queries that
 * this version takes, newer ones take as well.
 */
export function ensurePrometheus(log: (line: string) => void): Promise<string> {
  const paths = ["usr/bin/prometheus", "usr/bin/promtool"];
  return ensureDebianPrograms({ package: "prometheus", version: "2.42", paths }, log);
}
