/** ./build.sh soak: ten minutes of random faults over the compiled binary, or `--steady`. See docs/operating.md. */
import { parseArgs } from 'node:util';
import { FAULT_NAMES, type FaultName } from './faults.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string' },
    users: { type: 'string' },
    only: { type: 'string' },
    steady: { type: 'boolean', default: false },
  },
});

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function faults(): Promise<readonly string[]> {
  const [seed, minutes, users] = [
    Number(values.seed),
    Number(values.minutes ?? 10),
    Number(values.users ?? 200),
  ];
  const again = `./build.sh soak --seed ${seed} --minutes ${minutes} --users ${users}`;
  print(`${again}${values.only ? ` --only '${values.only}'` : ''}`);
  const names = values.only ? FAULT_NAMES.filter((each) => matches(each)) : FAULT_NAMES;
  const logFolder = `dist/soak/${seed}`;
  const broken = await soak({ seed, forMs: minutes * 60_000, users, names, print, logFolder });
  print(
    broken.length === 0 ? 'Every invariant holds.' : `${broken.length} broken; adit's logs: ${logFolder}`,
  );
  for (const each of broken) print(`  ${each}`);
  print(`The same faults again: ${again}`);
  return broken;
}

const matches = (name: FaultName) => values.only!.split(',').some((part) => name.includes(part.trim()));

const broken = await faults();
process.exit(broken.length === 0 ? 0 : 1);
