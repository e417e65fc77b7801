/**
 * Reads wg0.conf about a thousand times a second until its standard input closes, then prints what it saw as JSON:
 * how many looks, the longest pause between two, and the first bad file, if any.
 */
import { readFileSync, statSync } from 'node:fs';
import { parseServerConfig } from '../../../src/server/core/server-config.ts';

const path = process.argv[2]!;
const seen = { looks: 0, sizes: new Set<number>(), slowestMs: 0, bad: null as string | null };

let lastText = '';

function look(): void {
  const text = readFileSync(path, 'utf8');
  seen.looks++;
  // The same text is as good as it was; parsing it again would only keep the machine busy.
  if (text === lastText) return;
  lastText = text;
  try {
    seen.sizes.add(parseServerConfig(text).peers.length);
    const mode = statSync(path).mode & 0o777;
    if (mode !== 0o600) throw new Error(`mode ${mode.toString(8)}`);
  } catch (error) {
    seen.bad ??= `${error}: ${text.slice(-200)}`;
  }
}

let last = performance.now();
const timer = setInterval(() => {
  look();
  const now = performance.now();
  seen.slowestMs = Math.max(seen.slowestMs, now - last);
  last = now;
}, 1);
process.stdout.write('ready\n');
process.stdin.on('end', () => {
  clearInterval(timer);
  process.stdout.write(JSON.stringify({ ...seen, sizes: seen.sizes.size }));
  process.exit(0);
});
process.stdin.resume();
