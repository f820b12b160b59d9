/**
 * The text of a configuration file. It is JSON, which every reader of YAML takes too, and takes one way only: a plain
 * `yes` is a string to one version of YAML and true to another.
 */
export function configText(content: unknown): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
