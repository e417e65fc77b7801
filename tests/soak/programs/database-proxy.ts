/**
 * The faulty proxy as a program, so that it can live in the namespace of the program under test. argv: port to listen
 * at, unix socket of PostgreSQL. Reads one order a line.
 */
import { createInterface } from 'node:readline';
import { startFaultyProxy } from '../../support/faulty-proxy.ts';

const [port, path] = process.argv.slice(2);
if (port === undefined || path === undefined) throw new Error('usage: database-proxy.ts PORT SOCKET');
const proxy = await startFaultyProxy({ path }, Number(port));
process.stdout.write('ready\n');

const orders: Readonly<Record<string, () => void>> = {
  stall: proxy.stall,
  'half-open': () => proxy.halfOpen(),
  deaf: () => proxy.halfOpen({ alsoNew: true }),
  reset: proxy.reset,
  drop: proxy.drop,
  refuse: proxy.refuse,
  heal: proxy.heal,
};
for await (const order of createInterface({ input: process.stdin })) {
  const act = orders[order];
  if (act === undefined) throw new Error(`no such order: ${order}`);
  act();
}
await proxy.close();
