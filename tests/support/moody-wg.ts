/** A `wg` first on PATH that is told by a file how to misbehave; without an order it is the real one. */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const WG_MOODS = {
  'hangs for ever': 'exec sleep 600',
  'leaves a grandchild that holds its output': '( exec sleep 600 ) & exit 0',
  'is deaf to TERM': "trap '' TERM INT HUP; while :; do sleep 600; done",
  'prints a hundred megabytes': "head -c 100000000 /dev/zero | tr '\\0' x; exit 0",
  'says garbage and success': "printf 'lorem\\tipsum\\n\\n[Peer]\\n'; exit 0",
  'fails with an unknown word': 'echo "wg: the moon is wrong" >&2; exit 3',
} as const;
export type WgMood = keyof typeof WG_MOODS;

export interface MoodyWg extends AsyncDisposable {
  /** PATH for the program under test. */
  readonly path: string;
  /** From the next call on; null: as it should. */
  behave(mood: WgMood | null): Promise<void>;
  /** Every argv so far, and the environment each saw. */
  calls(): Promise<readonly string[]>;
  environments(): Promise<readonly string[]>;
}

export async function createMoodyWg(): Promise<MoodyWg> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-moody-'));
  const file = (name: string) => join(folder, name);
  // Renamed into place: a call in the middle of a write must not find an empty order.
  const behave = async (mood: WgMood | null) => {
    await writeFile(file('mood.new'), mood ?? '');
    await rename(file('mood.new'), file('mood'));
  };
  await behave(null);
  const cases = Object.entries(WG_MOODS).map(([mood, body]) => `'${mood}') ${body} ;;`);
  const notes = [`echo "wg $*" >>'${file('calls')}'`, `env >>'${file('environments')}'`];
  const script = ['#!/bin/sh', ...notes, `case "$(cat '${file('mood')}')" in`, ...cases, 'esac'];
  await writeFile(file('wg'), `${script.join('\n')}\nexec ${Bun.which('wg')} "$@"\n`, { mode: 0o755 });
  const lines = async (name: string) => (await readFile(file(name), 'utf8').catch(() => '')).split('\n');
  return {
    path: `${folder}:${process.env.PATH}`,
    behave,
    calls: () => lines('calls'),
    environments: () => lines('environments'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
