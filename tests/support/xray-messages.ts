import protobuf from 'protobufjs';

/**
 * Xray's messages as its .proto files publish them, read by protobufjs' own parser: a second opinion on the field
 * numbers that the adapter has written down by hand.
 */
const PROTO = `
syntax = "proto3";
message TypedMessage { string type = 1; bytes value = 2; }
message User { uint32 level = 1; string email = 2; TypedMessage account = 3; }
message Account { string id = 1; string flow = 2; string encryption = 3; }
message AddUserOperation { User user = 1; }
message RemoveUserOperation { string email = 1; }
message AlterInboundRequest { string tag = 1; TypedMessage operation = 2; }
message AlterInboundResponse {}
message GetInboundUserRequest { string tag = 1; string email = 2; }
message GetInboundUserResponse { repeated User users = 1; }
message Stat { string name = 1; int64 value = 2; }
message QueryStatsRequest { string pattern = 1; bool reset = 2; }
message QueryStatsResponse { repeated Stat stat = 1; }
message SysStatsRequest {}
message SysStatsResponse {
  uint32 NumGoroutine = 1; uint32 NumGC = 2; uint64 Alloc = 3; uint64 TotalAlloc = 4; uint64 Sys = 5;
  uint64 Mallocs = 6; uint64 Frees = 7; uint64 LiveObjects = 8; uint64 PauseTotalNs = 9; uint32 Uptime = 10;
}`;

const { root } = protobuf.parse(PROTO, { keepCase: true });

// biome-ignore lint/suspicious/noExplicitAny: a message is of any shape; tests look at a field or two
export function decode(name: string, bytes: Uint8Array): any {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { defaults: true, longs: Number });
}

export function encode(name: string, message: object): Buffer {
  const type = root.lookupType(name);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}
