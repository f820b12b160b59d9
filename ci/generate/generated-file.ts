/** A file that is made from other files of the project: its absolute path and the text it must have. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}
