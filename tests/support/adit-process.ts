/** One run of the compiled binary, seen from outside. */
import { eventually } from './eventually.ts';
import type { Place } from './place.ts';

export interface AditProcess {
  readonly pid: number;
  /** Everything it has written so far, both streams. */
  output(): string;
  /** Parsed lines of its log. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the exit code when all output is there; 128 + n for a signal. */
  readonly exited: Promise<number>;
  /** Where it listens; throws while it does not. */
  port(): number;
  get(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: string }>;
  /** Value of a metric with its labels as Prometheus writes them; null when it is not there. */
  metric(name: string): Promise<number | null>;
  /** Waits until it says it is ready. */
  ready(withinMs?: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<number>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export function startAdit(place: Place, argv: readonly string[], options: StartOptions): AditProcess {
  const child = Bun.spawn([...place.prefix, ...argv], {
    ...options,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let text = '';
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const lines = () =>
    text
      .split('\n')
      .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []));

  /** HTTP_PORT=0: the port stands in the log. */
  const port = (): number => {
    const said = lines().find((line) => line.msg === 'listening')?.port;
    if (typeof said !== 'number') throw new Error(`it does not listen yet: ${text.slice(-2000)}`);
    return said;
  };

  async function get(path: string, init?: RequestInit) {
    const answer = await place.http(port(), path, init);
    return { status: answer.status, body: await answer.text() };
  }

  return {
    pid: child.pid,
    output: () => text,
    lines,
    exited: child.exited.then(async (code) => {
      await collected;
      return code;
    }),
    signal: (signal) => child.kill(signal),
    port,
    get,
    async metric(name) {
      const { body } = await get('/metrics');
      const line = body.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? null : Number(line.slice(name.length + 1));
    },
    async ready(withinMs = 20_000) {
      const look = async () => {
        if (child.exitCode !== null) return;
        const { status, body } = await get('/readyz');
        if (status !== 200) throw new Error(body);
      };
      await eventually(look, { withinMs });
      if (child.exitCode === null) return;
      await collected;
      throw new Error(`it ended with ${child.exitCode}: ${text.slice(-4000)}`);
    },
    async kill(signal) {
      child.kill(signal);
      const code = await child.exited;
      await collected;
      return code;
    },
  };
}
