/**
 * Runs inside a network namespace and carries HTTP from a unix socket, which namespaces do not divide, to the loopback
 * inside. argv: socket path. The header `x-to` names the port.
 */
const [socket] = process.argv.slice(2);
if (socket === undefined) throw new Error('usage: relay.ts SOCKET');

Bun.serve({
  unix: socket,
  async fetch(request, server) {
    server.timeout(request, 0);
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    const to = headers.get('x-to');
    headers.delete('x-to');
    headers.delete('host');
    const body = request.method === 'GET' ? undefined : await request.arrayBuffer();
    const target = `http://127.0.0.1:${to}${pathname}${search}`;
    const answer = fetch(target, { method: request.method, headers, body, redirect: 'manual' });
    return answer.catch((error: unknown) => new Response(String(error), { status: 502 }));
  },
});
console.log('listening');
