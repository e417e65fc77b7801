/** Where a program under test lives: this machine, or a network namespace of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from './netns.ts';

export interface Place {
  /** Put before an argv to run it here; empty for this machine. */
  readonly prefix: readonly string[];
  /** HTTP to the loopback of the place. */
  http(port: number, path: string, init?: RequestInit): Promise<Response>;
  dispose(): Promise<void>;
}

/** Long enough for every wait a test asks of the other side. */
const LONGEST_MS = 120_000;

export const here: Place = {
  prefix: [],
  http: (port, path, init) =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(LONGEST_MS), ...init }),
  dispose: async () => undefined,
};

/** The namespace stays its owner's to dispose of. */
export async function placeIn(namespace: Namespace): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-relay-'));
  const socket = join(folder, 'relay.sock');
  const program = new URL('programs/relay.ts', import.meta.url).pathname;
  const child = Bun.spawn([...namespace.prefix, process.execPath, program, socket], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  await firstLine(child.stdout);
  return {
    prefix: namespace.prefix,
    http: (port, path, init = {}) =>
      fetch(`http://relay${path}`, {
        signal: AbortSignal.timeout(LONGEST_MS),
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'x-to': String(port) },
        unix: socket,
      } as RequestInit),
    async dispose() {
      child.kill('SIGKILL');
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The first line of output; throws when the program ends without one. */
export async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  let text = '';
  while (!text.includes('\n')) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the program ended after saying ${JSON.stringify(text)}`);
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return text.slice(0, text.indexOf('\n'));
}
