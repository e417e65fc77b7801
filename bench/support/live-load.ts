/** Asks for one address over and over on so many connections, each waiting for its answer; tells answers a second. */
export {};

const [port, path, connections, ms] = process.argv.slice(2);
const HEAD = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-adit-session=x; __Host-adit-visitor=y\r\n\r\n`;
const END_OF_HEAD = '\r\n\r\n';

let answers = 0;
let bytes = 0;

/** Counts by Content-Length; every contender sends one. */
async function ask(): Promise<void> {
  let wanted = 0;
  let head = '';
  await Bun.connect({
    hostname: '127.0.0.1',
    port: Number(port),
    socket: {
      open: (socket) => void socket.write(HEAD),
      data(socket, chunk) {
        bytes += chunk.byteLength;
        if (wanted === 0) {
          head += chunk.toString('latin1');
          const end = head.indexOf(END_OF_HEAD);
          if (end < 0) return;
          if (!head.startsWith('HTTP/1.1 200')) throw new Error(head.slice(0, 200));
          const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
          wanted = length - (head.length - end - END_OF_HEAD.length);
        } else wanted -= chunk.byteLength;
        if (wanted > 0) return;
        answers += 1;
        wanted = 0;
        head = '';
        socket.write(HEAD);
      },
    },
  });
}

await Promise.all(Array.from({ length: Number(connections) }, ask));
const before = answers;
const began = performance.now();
await Bun.sleep(Number(ms));
const seconds = (performance.now() - began) / 1_000;
console.log(JSON.stringify({ perSecond: (answers - before) / seconds, bytes }));
process.exit(0);
