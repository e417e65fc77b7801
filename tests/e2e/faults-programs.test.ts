// needs root
/** `wg` misbehaves under the compiled binary: a shim first on PATH, told by a file how. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { type Footprint, footprintOf } from '../support/footprint.ts';
import { watchHealth } from '../support/health-watch.ts';
import { expectWhole } from '../support/whole-invariants.ts';

const COMMAND_TIMEOUT_MS = 1_000;

/** What the shim does for each word in its file; without one it is `wg`. */
const MODES = {
  'hangs for ever': 'exec sleep 600',
  'leaves a grandchild that holds its output': '( exec sleep 600 ) & exit 0',
  'is deaf to TERM': "trap '' TERM INT HUP; while :; do sleep 600; done",
  'prints a hundred megabytes': "head -c 100000000 /dev/zero | tr '\\0' x; exit 0",
  'says garbage and success': "printf 'lorem\\tipsum\\n\\n[Peer]\\n'; exit 0",
  'fails with an unknown word': 'echo "wg: the moon is wrong" >&2; exit 3',
} as const;
type Mode = keyof typeof MODES;

let folder: string;
let rig: AditRig;
let adit: AditProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adit-shim-'));
  await behave(null);
  const cases = Object.entries(MODES).map(([mode, body]) => `'${mode}') ${body} ;;`);
  const script = ['#!/bin/sh', `case "$(cat '${join(folder, 'mode')}')" in`, ...cases, 'esac'];
  await writeFile(join(folder, 'wg'), `${script.join('\n')}\nexec ${Bun.which('wg')} "$@"\n`, {
    mode: 0o755,
  });
  rig = await createAditRig({
    tunnel: 'userspace',
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      WG_COMMAND_TIMEOUT_MS: String(COMMAND_TIMEOUT_MS),
      RECONCILE_INTERVAL_SECONDS: '3600',
    },
  });
  adit = await rig.start();
  before = footprintOf(adit.pid);
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const behave = (mode: Mode | null) => writeFile(join(folder, 'mode'), mode ?? '');
const children = () => ['wg', 'sh', 'sleep', 'head', 'tr'].flatMap((name) => rig.namespace!.pids(name));

/** Attempts of this user's job that failed so far, with the last words. */
async function failedAttempts(user: number): Promise<number> {
  const rows = await rig.sql`
    select j.attempt from report.jobs j
    where j.queue = 'apply-peer' and j.last_error is not null and j.subject in
      (select i.peer::text from report.issues i where i.account = ${user})`;
  return Math.max(0, ...rows.map((each) => Number(each.attempt)));
}

const FIRST_USER = 300;
let user = FIRST_USER;
let before: Footprint;
test.each(Object.keys(MODES) as Mode[])(
  'F-L9: wg %s: users hear "preparing", health answers, the job comes again, nothing is left running',
  async (mode) => {
    user += 1;
    await rig.control.newUser(user);
    const health = watchHealth(adit);
    await behave(mode);
    const startedAt = performance.now();
    await rig.control.say(user, '/trial');
    await rig.control.awaitMessage(user, { from: 'bot', contains: 'Preparing' }, 3_000);
    await eventually(async () => (await failedAttempts(user)) >= 1, { withinMs: 10_000 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await behave(null);
    await rig.control.awaitMessage(user, { has: 'photo' }, 30_000);
    await eventually(() => children().length === 0);
    const users = Array.from({ length: user - FIRST_USER }, (_, index) => FIRST_USER + 1 + index);
    await expectWhole(rig, { adit, users, before });
    const { failed, worstMs } = await health.report();
    expect(failed).toBe(0);
    expect(worstMs).toBeLessThan(250);
  },
  60_000,
);
