/**
 * Asks /healthz twenty times a second, and at the same moment a server that does nothing; reads in /proc how long the
 * program meanwhile waited for a processor: both tell a slow program from a slow machine. argv: port. Its input names the
 * pid to look at, one a line. Prints each answer that was slow or bad as a line of JSON, and how many it asked for
 * each five seconds.
 */
import { readFileSync } from 'node:fs';
import { pause } from '../../support/pause.ts';

const port = Number(process.argv[2]);
const EVERY_MS = 50;
const NOTED_MS = 150;
const PATIENCE_MS = 2_000;
let pid = 0;

if (process.argv[3] === 'witness') {
  Bun.serve({ port, hostname: '127.0.0.1', fetch: () => new Response('ok') });
} else {
  const argv = [process.execPath, process.argv[1]!, String(port + 1), 'witness'];
  const witness = Bun.spawn(argv, { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' });
  process.on('exit', () => witness.kill('SIGKILL'));
  process.stdin.on('data', (line) => {
    pid = Number(line.toString().trim().split('\n').at(-1));
  });
  process.stdin.on('end', () => process.exit(0));
  for (;;) await round();
}

async function round(): Promise<void> {
  const until = performance.now() + 5_000;
  let asked = 0;
  while (performance.now() < until) {
    const at = Date.now();
    const before = waitedMs();
    const [adit, witness] = await Promise.all([ask(port, '/healthz'), ask(port + 1, '/')]);
    asked += 1;
    if (!adit.ok || adit.ms > NOTED_MS) {
      const queuedMs = Math.round(waitedMs() - before);
      say({ at, ms: Math.round(adit.ms), ok: adit.ok, witnessMs: Math.round(witness.ms), queuedMs });
    }
    await pause(EVERY_MS);
  }
  say({ asked });
}

/** How long its main thread has been ready to run and had no processor; see proc(5), schedstat. */
function waitedMs(): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1_000_000;
  } catch {
    return 0;
  }
}

async function ask(at: number, path: string) {
  const startedAt = performance.now();
  const ok = await fetch(`http://127.0.0.1:${at}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    (answer) => answer.text().then(() => answer.status === 200),
    () => false,
  );
  return { ok, ms: performance.now() - startedAt };
}

function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
