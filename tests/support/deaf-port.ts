import { dlopen, FFIType } from 'bun:ffi';

const { symbols: libc } = dlopen('libc.so.6', {
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  bind: { args: [FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.i32 },
  listen: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  getsockname: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
  connect: { args: [FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.i32 },
  close: { args: [FFIType.i32], returns: FFIType.i32 },
});

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;

/** A port of 127.0.0.1 whose queue is full and never emptied: the kernel leaves every further SYN unanswered. */
export function listenDeaf(): Disposable & { readonly port: number } {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_INET, 0);
  address.set([127, 0, 0, 1], 4);
  const fds = [libc.socket(AF_INET, SOCK_STREAM, 0)];
  libc.bind(fds[0]!, address, 16);
  libc.listen(fds[0]!, 0);
  libc.getsockname(fds[0]!, address, new Uint32Array([16]));
  for (let i = 0; i < 4; i++) {
    const fd = libc.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    libc.connect(fd, address, 16);
    fds.push(fd);
  }
  return {
    port: address.readUInt16BE(2),
    [Symbol.dispose]: () => {
      for (const fd of fds) libc.close(fd);
    },
  };
}
