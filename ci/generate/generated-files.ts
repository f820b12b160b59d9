import { join } from "node:path";
import protobuf from "protobufjs";
import { root } from "../root.ts";

/** A file that is made from other files of the project: its absolute path and the text it must have. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The messages of each proto file go into one file of the agent. */
const targets = {
  "protos/cri/v1/cri.proto": "agent/cri/cri.generated.ts",
  "protos/rpc/status.proto": "agent/cri/status.generated.ts",
} as const;

/**
 * All generated files of the project: the messages of its proto files as protobufjs' own JSON, so that the agent ships
 * neither a parser nor the files it would parse.
 */
export function generatedFiles(): Promise<GeneratedFile[]> {
  return Promise.all(
    Object.entries(targets).map(async ([source, target]) => {
      const schema = await protobuf.load(join(root, source));
      const json = JSON.stringify(schema.toJSON(), undefined, 2);
      const text = `// Made from ${source} by \`npm run generate\`; edit that file.\nexport default ${json};\n`;
      return { path: join(root, target), text };
    }),
  );
}
