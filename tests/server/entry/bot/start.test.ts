import { describe, expect, test } from 'bun:test';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';

describe('A8: /start', () => {
  test('greets, takes the trial, and says "preparing" in the message the delivery will edit', async () => {
    await using rig = await startBot();
    const user = rig.newUser('Ann');
    const message = await rig.ask(user, '/start', 'Preparing Device 1');
    expect(message.text).toContain('Hello, Ann!');
    await eventually(() => rig.desk.issues[0]?.livingMessageId === message.message_id);
  });

  test('a doubled /start issues once, and the second shows the access', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    rig.control.sendText(user, '/start');
    rig.control.sendText(user, '/start');
    await rig.says(user, 'Preparing');
    await rig.says(user, 'Access is on');
    expect(rig.desk.issues).toHaveLength(1);
    await eventually(() => rig.inbox.unsettledIds().length === 0);
  });
});
