/**
 * Asks /healthz over and over until its standard input closes, then prints what it met as JSON: how many answers,
 * the slowest in milliseconds, and the first that was not well. argv: port.
 */
const port = process.argv[2]!;
const seen = { answers: 0, slowestMs: 0, bad: null as string | null };
let going = true;

process.stdin.on('end', () => {
  going = false;
});
process.stdin.resume();
// The first request of a process loads half of its HTTP client.
await fetch(`http://127.0.0.1:${port}/healthz`);
process.stdout.write('ready\n');

while (going) {
  const startedAt = performance.now();
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5_000) });
    if (answer.status !== 200) seen.bad ??= `status ${answer.status}`;
  } catch (error) {
    seen.bad ??= String(error);
  }
  seen.answers += 1;
  seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt);
  await Bun.sleep(10);
}
process.stdout.write(JSON.stringify(seen));
process.exit(0);

export {};
