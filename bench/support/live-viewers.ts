/** Many open pages over raw sockets, some of which never read; tells how late what the others got was. */
export {};

const [port, count, neverRead, path] = process.argv.slice(2);
const [total, silent] = [Number(count), Number(neverRead)];
const HEAD = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-adit-session=x; __Host-adit-visitor=y\r\n\r\n`;

let late: number[] = [];
let frames = 0;
let bytes = 0;

function open(reads: boolean) {
  return Bun.connect({
    hostname: '127.0.0.1',
    port: Number(port),
    socket: {
      open(socket) {
        socket.write(HEAD);
        if (!reads) socket.pause();
      },
      data(_, chunk) {
        bytes += chunk.byteLength;
        const at = chunk.indexOf('<i>');
        if (at < 0) return;
        frames += 1;
        late.push(Date.now() - Number(chunk.toString('latin1', at + 3, at + 16)));
      },
      error: () => undefined,
    },
  });
}

for (let opened = 0; opened < total; opened += 100) {
  const many = Math.min(100, total - opened);
  await Promise.all(Array.from({ length: many }, (_, index) => open(opened + index >= silent)));
}
process.send?.('opened');

process.on('message', () => {
  const sorted = late.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  process.send?.({ frames, bytes, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 });
  late = [];
  frames = 0;
  bytes = 0;
});
