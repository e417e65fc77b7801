import { readFileSync, statSync } from 'node:fs';

/** A thread that reads the file named in WATCHED 500 times, once a millisecond, and counts readings not whole. */
const READS = 500;

let reads = 0;
let torn = 0;
const versions = new Set<number>();
const path = process.env.WATCHED ?? '';

const timer = setInterval(() => {
  if (!isWhole()) torn++;
  if (++reads < READS) return;
  clearInterval(timer);
  postMessage({ kind: 'done', versions: versions.size, torn });
}, 1);

function isWhole(): boolean {
  try {
    versions.add(statSync(path).mtimeMs);
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.length === 10_001 && lines.slice(0, 10_000).every((line) => line === lines[0]);
  } catch {
    return false;
  }
}

postMessage({ kind: 'reading' });
