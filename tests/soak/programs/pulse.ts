/**
 * Asks /healthz twenty times a second, and right after it a server that does nothing, to tell a slow program from a slow
 * machine. argv: port. Prints each answer that was slow or bad as a line of JSON, and how many it asked for each
 * five seconds.
 */
const port = Number(process.argv[2]);
const EVERY_MS = 50;
const NOTED_MS = 150;
const PATIENCE_MS = 2_000;

if (process.argv[3] === 'witness') {
  Bun.serve({ port, hostname: '127.0.0.1', fetch: () => new Response('ok') });
} else {
  const argv = [process.execPath, process.argv[1]!, String(port + 1), 'witness'];
  const witness = Bun.spawn(argv, { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' });
  process.on('exit', () => witness.kill('SIGKILL'));
  process.stdin.on('end', () => process.exit(0)).resume();
  for (;;) await round();
}

async function round(): Promise<void> {
  const until = performance.now() + 5_000;
  let asked = 0;
  while (performance.now() < until) {
    const at = Date.now();
    const [adit, witness] = await Promise.all([ask(port, '/healthz'), ask(port + 1, '/')]);
    asked += 1;
    if (!adit.ok || adit.ms > NOTED_MS) {
      say({ at, ms: Math.round(adit.ms), ok: adit.ok, witnessMs: Math.round(witness.ms) });
    }
    await Bun.sleep(EVERY_MS);
  }
  say({ asked });
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

export {};
