/** A test run that dies with a namespace open and a daemon in it. Says the holder's pid, then waits to be killed. */
import { createNamespace } from '../netns.ts';

const namespace = await createNamespace();
await namespace.exec(['setsid', '--wait', 'wireguard-go', 'wg0']);
process.stdout.write(`${namespace.prefix[2]}\n`);
await new Promise(() => setInterval(() => {}, 60_000));
