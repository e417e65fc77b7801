/**
 * Xray's messages, by the field numbers its .proto files publish (proxyman/command, stats/command, common/protocol,
 * common/serial, proxy/vless). Written by hand over protobufjs' reader and writer: no code is made at run time.
 */
import { Reader, Writer } from 'protobufjs/minimal.js';
import { AppError } from '../../core/errors.ts';
import type { VlessId } from '../../core/ids.ts';
import type { InboundUser } from '../../core/ports/inbound.ts';

/** GetSysStats. Counters of the server's own memory only ever grow while it runs. */
export interface SysStats {
  readonly uptimeSeconds: number;
  readonly totalAlloc: number;
  readonly mallocs: number;
}

export interface Counter {
  readonly name: string;
  readonly value: number;
}

/** Keys of fields on the wire: text, bytes and messages have their length before them, numbers are varints. */
const sized = (field: number) => (field << 3) | 2;
const varint = (field: number) => field << 3;

function text(writer: Writer, field: number, value: string): Writer {
  return value === '' ? writer : writer.uint32(sized(field)).string(value);
}

function bytes(writer: Writer, field: number, value: Uint8Array): Writer {
  return writer.uint32(sized(field)).bytes(value);
}

/** xray.common.serial.TypedMessage */
function typed(type: string, value: Uint8Array): Uint8Array {
  return bytes(text(Writer.create(), 1, type), 2, value).finish();
}

/** AlterInboundRequest with an AddUserOperation. `prefix` is `xray`, or `v2ray.core`. */
export function addUser(prefix: string, tag: string, user: InboundUser): Uint8Array {
  const account = text(text(text(Writer.create(), 1, user.vlessId), 2, user.flow), 3, 'none').finish();
  const person = bytes(text(Writer.create(), 2, user.email), 3, typed(accountType(prefix), account)).finish();
  const operation = bytes(Writer.create(), 1, person).finish();
  return alterInbound(tag, `${prefix}.app.proxyman.command.AddUserOperation`, operation);
}

/** AlterInboundRequest with a RemoveUserOperation. */
export function removeUser(prefix: string, tag: string, email: string): Uint8Array {
  const operation = text(Writer.create(), 1, email).finish();
  return alterInbound(tag, `${prefix}.app.proxyman.command.RemoveUserOperation`, operation);
}

function alterInbound(tag: string, type: string, operation: Uint8Array): Uint8Array {
  return bytes(text(Writer.create(), 1, tag), 2, typed(type, operation)).finish();
}

const accountType = (prefix: string) => `${prefix}.proxy.vless.Account`;

/** GetInboundUserRequest: all users. Asking for one that is not there ends some versions of Xray. */
export function allUsersOf(tag: string): Uint8Array {
  return text(Writer.create(), 1, tag).finish();
}

/** QueryStatsRequest without reset: names that contain `pattern`. */
export function statsLike(pattern: string): Uint8Array {
  return text(Writer.create(), 1, pattern).finish();
}

export const nothing: Uint8Array = new Uint8Array(0);

/** GetInboundUserResponse. Users of another protocol than VLESS are none that this inbound should have. */
export function readUsers(answer: Uint8Array): readonly InboundUser[] {
  const users: InboundUser[] = [];
  read(answer, { [sized(1)]: (reader) => users.push(readUser(reader.bytes())) });
  return users;
}

function readUser(message: Uint8Array): InboundUser {
  const user = { email: '', account: nothing };
  read(message, {
    [sized(2)]: (reader) => (user.email = reader.string()),
    [sized(3)]: (reader) => (user.account = reader.bytes()),
  });
  const account = readTyped(user.account);
  if (account.type.endsWith('.proxy.vless.Account'))
    return { email: user.email, ...readAccount(account.value) };
  throw new AppError('invalid', 'The Xray lists a user who is not of VLESS.', {
    details: { type: account.type },
  });
}

function readTyped(message: Uint8Array): { readonly type: string; readonly value: Uint8Array } {
  const parts = { type: '', value: nothing };
  read(message, {
    [sized(1)]: (reader) => (parts.type = reader.string()),
    [sized(2)]: (reader) => (parts.value = reader.bytes()),
  });
  return parts;
}

function readAccount(message: Uint8Array): Pick<InboundUser, 'vlessId' | 'flow'> {
  const account = { vlessId: '' as VlessId, flow: '' };
  read(message, {
    [sized(1)]: (reader) => (account.vlessId = reader.string() as VlessId),
    [sized(2)]: (reader) => (account.flow = reader.string()),
  });
  return account;
}

/** QueryStatsResponse */
export function readCounters(answer: Uint8Array): readonly Counter[] {
  const counters: Counter[] = [];
  read(answer, { [sized(1)]: (reader) => counters.push(readCounter(reader.bytes())) });
  return counters;
}

function readCounter(message: Uint8Array): Counter {
  const counter = { name: '', value: 0 };
  read(message, {
    [sized(1)]: (reader) => (counter.name = reader.string()),
    [varint(2)]: (reader) => (counter.value = Number(reader.int64())),
  });
  return counter;
}

/** SysStatsResponse */
export function readSysStats(answer: Uint8Array): SysStats {
  const stats = { uptimeSeconds: 0, totalAlloc: 0, mallocs: 0 };
  read(answer, {
    [varint(4)]: (reader) => (stats.totalAlloc = Number(reader.uint64())),
    [varint(6)]: (reader) => (stats.mallocs = Number(reader.uint64())),
    [varint(10)]: (reader) => (stats.uptimeSeconds = reader.uint32()),
  });
  return stats;
}

/** Hands each field to its reader; those without one are skipped, as later versions may add some. */
function read(message: Uint8Array, fields: Readonly<Record<number, (reader: Reader) => unknown>>): void {
  const reader = Reader.create(message);
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    const take = fields[key];
    if (take) take(reader);
    else reader.skipType(key & 7);
  }
}
