import { describe, expect, test } from 'bun:test';
import {
  createSubscriptionTokens,
  createVlessIds,
} from '../../../../src/server/adapters/credentials/vless-ids.ts';
import { systemRandom } from '../../../../src/server/adapters/system/random.ts';
import { peerId } from '../../../../src/server/core/ids.ts';
import { isVlessId } from '../../../../src/server/core/inbound-user.ts';

const key = Buffer.alloc(32, 1);
const peer = peerId('0197a3e0-77aa-7b11-8a55-000000000001');

describe('user ids of VLESS', () => {
  const ids = createVlessIds(key);

  test('are the same for the same user, and others for another key number, peer or key', () => {
    const id = ids.of({ peerId: peer, keyNumber: 1 });
    expect(createVlessIds(key).of({ peerId: peer, keyNumber: 1 })).toBe(id);
    const others = [
      ids.of({ peerId: peer, keyNumber: 2 }),
      ids.of({ peerId: peerId('0197a3e0-77aa-7b11-8a55-000000000002'), keyNumber: 1 }),
      createVlessIds(Buffer.alloc(32, 2)).of({ peerId: peer, keyNumber: 1 }),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });

  test('are what Xray and the user API take for an id, and of the version the log scrubs', () => {
    for (let keyNumber = 1; keyNumber <= 100; keyNumber += 1) {
      const id = ids.of({ peerId: peer, keyNumber });
      expect(isVlessId(id)).toBe(true);
      expect(id).toMatch(/^.{14}8.{4}[89ab]/);
    }
  });
});

describe('tokens of subscriptions', () => {
  const tokens = createSubscriptionTokens(key);

  test('lead back to their id, and fit into an address', () => {
    const id = systemRandom.uuid();
    expect(tokens.of(id)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(tokens.read(tokens.of(id))).toBe(id);
  });

  test('nothing that was changed, cut, padded or made with another key is one', () => {
    const id = systemRandom.uuid();
    const token = tokens.of(id);
    const bytes = Buffer.from(token, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(tokens.read(changed.toString('base64url'))).toBeNull();
    }
    const foreign = createSubscriptionTokens(Buffer.alloc(32, 2)).of(id);
    const spelled = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const other of ['', 'x', token.slice(1), `${token}A`, `${token}=`, ` ${token}`, foreign, spelled]) {
      expect(tokens.read(other)).toBeNull();
    }
  });
});
