import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { LOCAL_NODE, type PublicKey } from '../../src/server/core/ids.ts';
import { createSaveConfig } from '../../src/server/services/save-config.ts';
import { keyOf } from '../support/store-rig.ts';

/** A database of keys and a file; each write waits until the test lets it go. */
function createRig() {
  const keys: PublicKey[] = [];
  const writes: { readonly keys: readonly PublicKey[]; end: PromiseWithResolvers<void> }[] = [];
  let onWrite = Promise.withResolvers<void>();
  const { save } = createSaveConfig({
    node: LOCAL_NODE,
    peers: {
      async *wanted() {
        for (const publicKey of [...keys]) yield [{ publicKey, allowedIps: [], applied: true }];
      },
    },
    file: {
      async write(peers) {
        const end = Promise.withResolvers<void>();
        writes.push({ keys: peers.map((each) => each.publicKey), end });
        onWrite.resolve();
        onWrite = Promise.withResolvers();
        await end.promise;
        return String(writes.length);
      },
      holds: async () => false,
      stamp: async () => null,
    },
  });
  return {
    writes,
    /** A change in the database and the save that follows it. */
    change(number: number) {
      keys.push(keyOf(number));
      return save();
    },
    nextWrite: () => onWrite.promise,
  };
}

describe('saving wg0.conf', () => {
  test('E5: calls made while a save is in flight share the next one', async () => {
    const rig = createRig();
    const first = rig.change(1);
    await rig.nextWrite();
    const others = Array.from({ length: 50 }, (_, index) => rig.change(2 + index));
    const second = rig.nextWrite();
    rig.writes[0]!.end.resolve();
    await first;
    await second;
    rig.writes[1]!.end.resolve();
    await Promise.all(others);
    expect(rig.writes.map((each) => each.keys.length)).toEqual([1, 51]);
  });

  test('A4: whoever is told "saved" finds his change in a file that was begun after it', async () => {
    const rig = createRig();
    const first = rig.change(1);
    await rig.nextWrite();
    let told = false;
    const late = rig.change(2).then(() => {
      told = true;
    });
    const second = rig.nextWrite();
    rig.writes[0]!.end.resolve();
    await first;
    await second;
    expect(told).toBe(false);
    expect(rig.writes[1]!.keys).toContain(keyOf(2));
    rig.writes[1]!.end.resolve();
    await late;
  });

  test('F-W2: a failure reaches every caller of that save, and only them', async () => {
    const rig = createRig();
    const first = rig.change(1);
    await rig.nextWrite();
    const others = [rig.change(2), rig.change(3)].map((each) => each.catch((error) => error));
    const second = rig.nextWrite();
    rig.writes[0]!.end.resolve();
    await first;
    await second;
    rig.writes[1]!.end.reject(new AppError('internal', 'No space left on device.'));
    for (const each of await Promise.all(others)) expect(each.message).toBe('No space left on device.');
    const third = rig.nextWrite();
    const healed = rig.change(4);
    await third;
    rig.writes[2]!.end.resolve();
    await healed;
    expect(rig.writes[2]!.keys).toHaveLength(4);
  });
});
