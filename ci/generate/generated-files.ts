import { join } from "node:path";
import protobuf from "protobufjs";
import { root } from "../root.ts";

/** A file that is made from other files of the project: its absolute path and the text it must have. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * All generated files of the project. There is one: the CRI messages of `protos/cri/v1/cri.proto` as protobufjs'
 * own JSON, so that the agent ships neither a parser nor the file it would parse.
 */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const schema = await protobuf.load(join(root, "protos/cri/v1/cri.proto"));
  const json = JSON.stringify(schema.toJSON(), undefined, 2);
  const text = `// Made from protos/cri/v1/cri.proto by \`npm run generate\`; edit that file.\nexport default ${json};\n`;
  return [{ path: join(root, "agent/cri/cri.generated.ts"), text }];
}
