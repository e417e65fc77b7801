import { dlopen, FFIType } from 'bun:ffi';

/** The few calls of libc that Bun has no function for. Numbers are those of Linux on x86-64 and arm64. */
const { symbols } = dlopen('libc.so.6', {
  flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  sendto: {
    args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32, FFIType.ptr, FFIType.u32],
    returns: FFIType.i64,
  },
  close: { args: [FFIType.i32], returns: FFIType.i32 },
  getsockname: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
  getsockopt: {
    args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.ptr],
    returns: FFIType.i32,
  },
  setsockopt: {
    args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.u32],
    returns: FFIType.i32,
  },
  clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  alarm: { args: [FFIType.u32], returns: FFIType.u32 },
  poll: { args: [FFIType.ptr, FFIType.u64, FFIType.i32], returns: FFIType.i32 },
});

export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const LOCK_UN = 8;

/** flock(2). True when it succeeded. */
export function flock(fd: number, operation: number): boolean {
  return symbols.flock(fd, operation) === 0;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/**
 * Sends one datagram to a unix socket and never waits. `path` starting with `@` is in the abstract namespace.
 * True when the whole datagram was taken.
 */
export function sendUnixDatagram(path: string, text: string): boolean {
  const fd = symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const data = Buffer.from(text);
  const address = unixAddress(path);
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const sent = symbols.sendto(fd, data, data.byteLength, flags, address, address.byteLength);
  symbols.close(fd);
  return Number(sent) === data.byteLength;
}

/** sockaddr_un, unix(7): family, then the path; a leading NUL byte makes it abstract. */
function unixAddress(path: string): Buffer {
  const name = path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, Buffer.from(name)]);
}

const AF_INET = 2;
const AF_INET6 = 10;
const SOL_SOCKET = 1;
const SO_ACCEPTCONN = 30;
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;

/** The port of a listening TCP socket; null for any other descriptor. */
export function listeningPort(fd: number): number | null {
  const address = new Uint8Array(128);
  const listens = new Int32Array(1);
  if (symbols.getsockname(fd, address, new Uint32Array([address.byteLength])) !== 0) return null;
  if (symbols.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, listens, new Uint32Array([4])) !== 0) return null;
  // sockaddr_in and sockaddr_in6 begin alike: family, then the port in network order.
  const isIp = address[0] === AF_INET || address[0] === AF_INET6;
  return isIp && listens[0] === 1 ? (address[2]! << 8) | address[3]! : null;
}

/** tcp(7), TCP_USER_TIMEOUT; connections accepted by a listening socket inherit it. True when it was taken. */
export function setTcpUserTimeout(fd: number, ms: number): boolean {
  return symbols.setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, new Int32Array([ms]), 4) === 0;
}

const CLOCK_MONOTONIC = 1;

/** clock_gettime(2): milliseconds of the machine's monotonic clock, which stands while the machine sleeps. */
export function monotonicNow(): number {
  const time = new BigInt64Array(2);
  symbols.clock_gettime(CLOCK_MONOTONIC, time);
  return Number(time[0]) * 1_000 + Number(time[1]) / 1e6;
}

/** alarm(2): the kernel ends this process after so many seconds, whatever its threads do then; 0 calls that off. */
export function endProcessWithin(seconds: number): void {
  symbols.alarm(seconds);
}

const POLLOUT = 4;

/** poll(2): a write of at most 4096 bytes to this descriptor does not wait now (pipe(7), PIPE_BUF). */
export function takesWrite(fd: number): boolean {
  const question = new Int32Array([fd, POLLOUT]);
  return symbols.poll(question, 1, 0) === 1 && question[1]! >>> 16 === POLLOUT;
}
