/** What an outage leaves undone about an update that was taken. */
import { expect, test } from 'bun:test';
import { createAditRig } from '../support/adit-rig.ts';
import { closeGate, someoneWaits } from '../support/database-gates.ts';
import { eventually } from '../support/eventually.ts';
import { atRest } from '../support/whole-invariants.ts';

const ANN = 900;

test('A2: an update nobody could settle is settled when the database is back, though nobody writes meanwhile', async () => {
  await using rig = await createAditRig({ tunnel: 'memory', env: { PG_STATEMENT_TIMEOUT_MS: '1000' } });
  await rig.start();
  await rig.control.newUser(ANN);
  const accounts = await closeGate(rig, 'adit.accounts', 'SHARE');
  await rig.control.say(ANN, '/trial');
  await someoneWaits(rig.sql, 'insert into "adit"."accounts"%');
  const updates = await closeGate(rig, 'adit.updates', 'SHARE');
  await rig.control.awaitMessage(ANN, { from: 'bot', contains: 'try again' });
  await eventually(() => rig.runs[0]!.output().includes('updates are settled later'));
  await accounts.open();
  await updates.open();
  await atRest(rig, 20_000);
  const [peers] = await rig.sql`select count(*)::int as count from report.peers`;
  expect(peers!.count).toBe(0);
}, 60_000);
