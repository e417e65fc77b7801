import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type ButtonAction, readButton, writeButton } from '../../../src/server/core/bot-buttons.ts';
import { accountId, deviceId } from '../../../src/server/core/ids.ts';

const device = deviceId('0192f3a4-0000-7000-8000-0123456789ab');
const largest = accountId(2 ** 52 - 1);
const owner = accountId(777);

const actions: readonly ButtonAction[] = [
  ...(['home', 'trial', 'devices', 'add', 'status', 'help', 'languages'] as const).map((kind) => ({ kind })),
  ...(['device', 'rename', 'ask-reissue', 'reissue', 'pause', 'resume', 'ask-revoke', 'revoke'] as const).map(
    (kind) => ({ kind, device }),
  ),
  { kind: 'steps', system: 'windows' },
  { kind: 'language', language: 'ru' },
];

describe('callback data', () => {
  test.each(actions.map((each) => [each.kind, each] as const))('%s comes back as it was', (_kind, action) => {
    const data = writeButton(action, largest);
    expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64);
    expect(readButton(data, largest)).toEqual({ kind: 'pressed', action });
  });

  test('belongs to one account', () => {
    expect(readButton(writeButton({ kind: 'revoke', device }, owner), accountId(778))).toEqual({
      kind: 'foreign',
    });
  });

  test.each([
    '',
    ':',
    'home',
    '0:home::lp',
    '1:home:x:lp',
    '1:revoke::lp',
    '1:revoke:0192f3a4:lp',
    '1:revoke:0192f3a4-0000-7000-8000-0123456789ab:lp:more',
    '1:steps:amiga:lp',
    '1:language:de:lp',
    '1:__proto__::lp',
  ])('%p is stale', (data) => {
    expect(readButton(data, owner)).toEqual({ kind: 'stale' });
  });

  test('anything at all can be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        expect(['stale', 'foreign']).toContain(readButton(data, owner).kind);
      }),
    );
  });
});
