/** The processes of the live bench, from outside. */
export interface ServerFigures {
  readonly cpuMs: number;
  readonly atMs: number;
  readonly rss: number;
  readonly viewers: number;
}

export interface ViewerFigures {
  readonly frames: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export type ServerKind = 'hub' | 'each' | 'bare' | 'ready' | 'express';

export interface LiveServer extends AsyncDisposable {
  readonly port: number;
  /** After a garbage collection. */
  figures(): Promise<ServerFigures>;
}

export interface Viewers extends AsyncDisposable {
  /** Of what came since the last question. */
  figures(): Promise<ViewerFigures>;
}

const file = (name: string) => new URL(`./${name}`, import.meta.url).pathname;

export async function startServer(kind: ServerKind): Promise<LiveServer> {
  const child = talkTo([file('live-server.ts'), kind]);
  const { port } = (await child.next()) as { port: number };
  return {
    port,
    async figures() {
      child.say('collect');
      return (await child.next()) as ServerFigures;
    },
    [Symbol.asyncDispose]: child.end,
  };
}

export async function openViewers(
  port: number,
  options: { readonly count: number; readonly neverRead: number; readonly path: string },
): Promise<Viewers> {
  const { count, neverRead, path } = options;
  const child = talkTo([file('live-viewers.ts'), String(port), String(count), String(neverRead), path]);
  await child.next();
  return {
    async figures() {
      child.say('tell');
      return (await child.next()) as ViewerFigures;
    },
    [Symbol.asyncDispose]: child.end,
  };
}

/** Answers a second, by a client of its own process. */
export async function load(port: number, path: string, ms: number): Promise<number> {
  const argv = [process.execPath, file('live-load.ts'), String(port), path, '32', String(ms)];
  const child = Bun.spawn(argv, { stdout: 'pipe', stderr: 'inherit' });
  const text = await new Response(child.stdout).text();
  return (JSON.parse(text) as { perSecond: number }).perSecond;
}

function talkTo(argv: readonly string[]) {
  const told: unknown[] = [];
  let wake = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, ...argv], {
    stdout: 'inherit',
    stderr: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
    ipc(message) {
      told.push(message);
      wake.resolve();
    },
  });
  return {
    say: (message: unknown) => child.send(message),
    async next(): Promise<unknown> {
      while (told.length === 0) {
        await Promise.race([
          wake.promise,
          child.exited.then((code) => Promise.reject(new Error(`ended: ${code}`))),
        ]);
        wake = Promise.withResolvers();
      }
      return told.shift();
    },
    async end(): Promise<void> {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}
