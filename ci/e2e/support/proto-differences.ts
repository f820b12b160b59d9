import protobuf from "protobufjs";

/**
 * What the proto file `ours` says otherwise than `theirs`, one sentence each; none where whatever is in ours is on the
 * wire as in theirs. Both are the text of one proto file. What ours leaves out is no difference.
 */
export function protoDifferences(ours: string, theirs: string): readonly string[] {
  const [mine, other] = [parsed(ours), parsed(theirs)];
  if (mine.package !== other.package) return [`the package is ${mine.package}, not ${other.package}`];
  const found: string[] = [];
  const compare = (what: string, have: object | undefined, want: object | undefined) => {
    const [is, shouldBe] = [JSON.stringify(have), JSON.stringify(want)];
    if (is !== shouldBe) found.push(`${what} is ${is}, not ${shouldBe}`);
  };
  for (const [name, members] of mine.members) {
    const theirMembers = other.members.get(name);
    if (theirMembers === undefined) found.push(`there is no ${name}`);
    else for (const [member, shape] of members) compare(`${name}.${member}`, shape, theirMembers.get(member));
  }
  return found;
}

interface ProtoFile {
  readonly package: string;
  /** The fields of each message and the methods of each service, by their names, as what decides their bytes. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, object>>;
}

function parsed(text: string): ProtoFile {
  const file = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  const namespace = file.root.lookup(file.package ?? "");
  if (!(namespace instanceof protobuf.Namespace)) throw new Error("the proto file has no package");
  const members = new Map<string, ReadonlyMap<string, object>>();
  for (const entry of namespace.nestedArray) {
    if (entry instanceof protobuf.Type)
      members.set(entry.name, new Map(entry.fieldsArray.map((field) => [field.name, shapeOfField(field)])));
    if (entry instanceof protobuf.Service)
      members.set(
        entry.name,
        new Map(entry.methodsArray.map((method) => [method.name, shapeOfMethod(method)])),
      );
  }
  return { package: file.package ?? "", members };
}

function shapeOfField(field: protobuf.Field): object {
  const { id, type, repeated, partOf } = field;
  return {
    id,
    type,
    repeated,
    keyType: field instanceof protobuf.MapField ? field.keyType : "",
    oneOf: partOf?.name ?? "",
  };
}

function shapeOfMethod({
  requestType,
  responseType,
  requestStream,
  responseStream,
}: protobuf.Method): object {
  return {
    requestType,
    responseType,
    requestStream: requestStream ?? false,
    responseStream: responseStream ?? false,
  };
}
