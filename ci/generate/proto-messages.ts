import { join } from "node:path";
import protobuf from "protobufjs";
import { root } from "../root.ts";
import type { GeneratedFile } from "./generated-file.ts";

/** The messages of each proto file go into one file of the agent. */
const targets = {
  "protos/cri/v1/cri.proto": "agent/cri/cri.generated.ts",
  "protos/rpc/status.proto": "agent/cri/status.generated.ts",
} as const;

/**
 * The messages of the project's proto files as protobufjs' own JSON, so that the agent ships neither a parser nor the
 * files it would parse.
 */
export function protoMessages(): Promise<GeneratedFile[]> {
  return Promise.all(
    Object.entries(targets).map(async ([source, target]) => {
      const schema = await protobuf.load(join(root, source));
      const json = JSON.stringify(schema.toJSON(), undefined, 2);
      const text = `// Made from ${source} by \`npm run generate\`; edit that file.\nexport default ${json};\n`;
      return { path: join(root, target), text };
    }),
  );
}
