/** kill -9 of the whole program while its own PostgreSQL works for it. */
import { expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/machine.ts';
import { expectWhole } from '../support/whole-invariants.ts';

const postmaster = async (rig: AditRig): Promise<number> => {
  const path = join(rig.stateDir, 'postgres/server/data/postmaster.pid');
  return Number((await readFile(path, 'utf8')).split('\n')[0]);
};

test('E6, A7: after kill -9 under load the bundled server stops by itself, and the next start finds all of it', async () => {
  await using rig = await createAditRig({ tunnel: 'memory', ownDatabase: false });
  let adit = await rig.start();
  const users: number[] = [];
  // With nobody served yet, with some, and with most.
  for (const served of [0, 5, 25]) {
    const group = Array.from({ length: 30 }, (_, index) => 2000 + users.length + index);
    for (const user of group) await rig.control.newUser(user);
    await Promise.all(group.map((user) => rig.control.say(user, '/trial')));
    await eventually(async () => (await countServed(rig, group)) >= served, { withinMs: 20_000 });
    const server = await postmaster(rig);
    await adit.kill('SIGKILL');
    await eventually(() => !isAlive(server), { withinMs: 5_000 });
    adit = await rig.start();
    expect(await postmaster(rig)).not.toBe(server);
    users.push(...group);
    await expectWhole(rig, { adit, users });
  }
  const server = await postmaster(rig);
  expect(await adit.kill('SIGTERM')).toBe(0);
  expect(isAlive(server)).toBe(false);
}, 120_000);

async function countServed(rig: AditRig, users: readonly number[]): Promise<number> {
  const held = await Promise.all(users.map((user) => rig.control.heldConfigs(user)));
  return held.filter((configs) => configs.length > 0).length;
}
