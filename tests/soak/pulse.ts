/** /healthz asked all the time by a process of its own; see programs/pulse.ts. */
import type { Place } from '../support/place.ts';

export interface Beat {
  /** When it was asked, in wall-clock milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly ok: boolean;
  /** How long a server that does nothing took at the same moment. */
  readonly witnessMs: number;
  /** How long of it the program was ready to run and had no processor. */
  readonly queuedMs: number;
}

export interface Pulse extends AsyncDisposable {
  readonly asked: () => number;
  /** Answers that took over 150 ms, or did not come. */
  readonly slow: readonly Beat[];
  /** The process that answers from now on. */
  follow(pid: number): void;
}

export function createPulse(place: Place, port: number): Pulse {
  const program = new URL('programs/pulse.ts', import.meta.url).pathname;
  const argv = [...place.prefix, process.execPath, program, String(port)];
  const child = Bun.spawn(argv, { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' });
  const slow: Beat[] = [];
  let asked = 0;
  const reading = (async () => {
    let rest = '';
    for await (const chunk of child.stdout) {
      const lines = (rest + new TextDecoder().decode(chunk)).split('\n');
      rest = lines.pop()!;
      for (const line of lines.map((each) => JSON.parse(each))) {
        if ('asked' in line) asked += line.asked;
        else slow.push(line);
      }
    }
  })();
  return {
    asked: () => asked,
    slow,
    follow(pid) {
      child.stdin.write(`${pid}\n`);
      child.stdin.flush();
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child.exited;
      await reading;
    },
  };
}
