/** `./build.sh soak`: random faults over the compiled binary, or `--steady`. See docs/operating.md. */
import { parseArgs } from 'node:util';
import { FAULT_NAMES } from './faults.ts';
import { soak } from './soak.ts';
import { steady } from './steady.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string' },
    users: { type: 'string' },
    only: { type: 'string' },
    steady: { type: 'boolean', default: false },
    ops: { type: 'string', default: '10' },
  },
});

const seed = Number(values.seed);
const print = (line: string) => void process.stdout.write(`${line}\n`);
const broken = values.steady ? await trickle() : await faults();
process.exit(broken.length === 0 ? 0 : 1);

async function faults(): Promise<readonly string[]> {
  const [minutes, users] = [Number(values.minutes ?? 10), Number(values.users ?? 200)];
  const parts = values.only?.split(',').map((each) => each.trim()) ?? [''];
  const names = FAULT_NAMES.filter((name) => parts.some((part) => name.includes(part)));
  const only = values.only ? ` --only '${values.only}'` : '';
  const again = `./build.sh soak --seed ${seed} --minutes ${minutes} --users ${users}${only}`;
  print(again);
  const logFolder = `dist/soak/${seed}`;
  const found = await soak({ seed, forMs: minutes * 60_000, users, names, print, logFolder });
  conclude(found, again, `; what adit said: ${logFolder}`);
  return found;
}

async function trickle(): Promise<readonly string[]> {
  const [minutes, users] = [Number(values.minutes ?? 3), Number(values.users ?? 2_000)];
  const again = `./build.sh soak --steady --seed ${seed} --minutes ${minutes} --users ${users} --ops ${values.ops}`;
  print(again);
  const opsPerSecond = Number(values.ops);
  const found = await steady({ seed, forMs: minutes * 60_000, users, opsPerSecond, print });
  conclude(found, again, '');
  return found;
}

function conclude(found: readonly string[], again: string, where: string): void {
  print(found.length === 0 ? 'Every invariant holds.' : `${found.length} broken${where}:`);
  for (const each of found) print(`  ${each}`);
  print(`The same again: ${again}`);
}
