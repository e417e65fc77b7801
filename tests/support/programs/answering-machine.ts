/** Answers on every port named (`tcp/5432`, `udp/53`) with the address of whoever asked. Says `ready` first. */
export {};

for (const word of process.argv.slice(2)) {
  const [protocol, port] = word.split('/') as [string, string];
  if (protocol === 'tcp') {
    Bun.listen({
      hostname: '::',
      port: Number(port),
      socket: {
        open(socket) {
          socket.end(`${socket.remoteAddress}\n`);
        },
        data() {},
      },
    });
  } else {
    await Bun.udpSocket({
      hostname: '::',
      port: Number(port),
      socket: {
        data(socket, _bytes, fromPort, from) {
          socket.send(`${from}\n`, fromPort, from);
        },
      },
    });
  }
}
process.stdout.write('ready\n');
