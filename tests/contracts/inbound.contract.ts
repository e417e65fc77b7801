/** What every Inbound keeps, over whatever carries it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { VlessId } from '../../src/server/core/ids.ts';
import type { Inbound, InboundUser, LiveUser } from '../../src/server/core/ports/inbound.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failures.ts';
import { newUser } from '../support/inbound-rig.ts';

export interface InboundUnderTest {
  readonly inbound: Inbound;
  /** kill -9 of the server, and a new start of it. */
  restart(): Promise<void>;
  /** Whether users are put back after that without anybody asking. */
  readonly restores: boolean;
  /** Sends bytes through a user's connection and back, or makes the counters say so. False: refused. */
  carry(user: InboundUser, bytes: number): Promise<boolean>;
  dispose(): Promise<void>;
}

const byEmail = (users: readonly LiveUser[]) => users.toSorted((a, b) => (a.email < b.email ? -1 : 1));
const freshId = () => crypto.randomUUID() as VlessId;

export function inboundContract(name: string, open: () => Promise<InboundUnderTest>): void {
  describe(`an inbound: ${name}`, () => {
    let under: InboundUnderTest;
    let inbound: Inbound;
    const users = async () => byEmail((await inbound.read()).users);
    const put = (...add: readonly InboundUser[]) => inbound.apply({ remove: [], add });
    const remove = (...emails: readonly string[]) => inbound.apply({ remove: emails, add: [] });

    beforeAll(async () => {
      under = await open();
      inbound = under.inbound;
    }, 30_000);
    afterAll(() => under.dispose());
    beforeEach(async () => {
      const { users: left } = await inbound.read();
      await remove(...left.map((user) => user.email));
    });

    test('B3: begins empty, lists who was put, and not who was taken', async () => {
      expect(await users()).toEqual([]);
      const [a, b] = [newUser(), newUser()];
      await put(a, b);
      expect(await users()).toEqual([a, b]);
      await remove(a.email);
      expect(await users()).toEqual([b]);
    });

    test('repeating changes nothing', async () => {
      const [a, b] = [newUser(), newUser()];
      for (let time = 0; time < 3; time++) await inbound.apply({ remove: [b.email], add: [a] });
      expect(await users()).toEqual([a]);
    });

    test('taking somebody unknown is no failure, and stops nobody else from being taken', async () => {
      const a = newUser();
      await put(a);
      await remove(newUser().email, a.email, newUser().email);
      expect(await users()).toEqual([]);
    });

    test('who is there gets the id that is given', async () => {
      const a = newUser();
      await put(a);
      const renewed = { ...a, vlessId: freshId() };
      await put(renewed);
      expect(await users()).toEqual([renewed]);
      await put(a);
      expect(await users()).toEqual([a]);
    });

    test('removals come first: somebody is made anew in one change', async () => {
      const a = newUser();
      await put(a);
      const heir = { ...a, vlessId: freshId() };
      await inbound.apply({ remove: [a.email], add: [heir] });
      expect(await users()).toEqual([heir]);
    });

    test('the flow is kept', async () => {
      const a = newUser({ flow: 'xtls-rprx-vision' });
      await put(a);
      expect(await users()).toEqual([a]);
    });

    test('changes that come at the same time are all made, each after those before it', async () => {
      const all = Array.from({ length: 20 }, () => newUser());
      const made = all.map((user) => put(user));
      const taken = all.slice(0, 10).map((user) => remove(user.email));
      await Promise.all([...made, ...taken]);
      expect(await users()).toEqual(all.slice(10));
    });

    test('1,000 users are put and taken in one change each', async () => {
      const all = Array.from({ length: 1000 }, () => newUser());
      await put(...all);
      expect(await users()).toEqual(all);
      await remove(...all.map((user) => user.email));
      expect(await users()).toEqual([]);
    }, 30_000);

    test('an empty change changes nothing', async () => {
      const a = newUser();
      await put(a);
      await inbound.apply({ remove: [], add: [] });
      expect(await users()).toEqual([a]);
    });

    test('a user who is none is refused, and nothing is changed', async () => {
      const wrong = [
        { vlessId: 'no-uuid' as VlessId },
        { email: 'with space' },
        { email: '' },
        { email: 'UPPER' },
        { flow: 'xtls-rprx-direct' },
      ];
      for (const part of wrong) expect((await failureOf(put(newUser(), newUser(part)))).code).toBe('invalid');
      expect((await failureOf(remove(''))).code).toBe('invalid');
      expect(await users()).toEqual([]);
    });

    test('a caller that has gone away is not served', async () => {
      const gone = AbortSignal.abort(new Error('gone'));
      expect((await failureOf(inbound.apply({ remove: [], add: [newUser()] }, gone))).code).toBe(
        'unavailable',
      );
      expect((await failureOf(inbound.read(gone))).code).toBe('unavailable');
      expect((await failureOf(inbound.traffic(gone))).code).toBe('unavailable');
      expect(await users()).toEqual([]);
    });

    test('E4: traffic passes for who is there, is counted for each, and is refused after removal', async () => {
      const [a, b] = [newUser(), newUser()];
      await put(a, b);
      expect(await under.carry(a, 50_000)).toBe(true);
      expect(await under.carry(b, 5_000)).toBe(true);
      const counted = await eventually(async () => {
        const read = await inbound.traffic();
        const of = (user: InboundUser) => read.users.find((each) => each.email === user.email)!;
        expect(of(a).uplinkBytes).toBeGreaterThanOrEqual(50_000);
        expect(of(a).downlinkBytes).toBeGreaterThanOrEqual(50_000);
        expect(of(b).uplinkBytes).toBeGreaterThanOrEqual(5_000);
        expect(of(b).uplinkBytes).toBeLessThan(50_000);
        return read;
      });
      expect(counted.bootId).toBe((await inbound.read()).bootId);
      await remove(a.email);
      expect(await under.carry(a, 1_000)).toBe(false);
      expect(await under.carry(b, 1_000)).toBe(true);
    }, 60_000);

    test('F-W10: with somebody made anew under the same name no counter falls while the server runs', async () => {
      const a = newUser();
      await put(a);
      expect(await under.carry(a, 20_000)).toBe(true);
      const uplink = async () =>
        (await inbound.traffic()).users.find((each) => each.email === a.email)?.uplinkBytes ?? 0;
      const before = await eventually(async () => {
        const bytes = await uplink();
        expect(bytes).toBeGreaterThanOrEqual(20_000);
        return bytes;
      });
      await remove(a.email);
      expect(await uplink()).toBeGreaterThanOrEqual(before);
      const heir = { ...a, vlessId: freshId() };
      await put(heir);
      expect(await uplink()).toBeGreaterThanOrEqual(before);
      expect(await under.carry(heir, 10_000)).toBe(true);
      await eventually(async () => expect(await uplink()).toBeGreaterThanOrEqual(before + 10_000));
    }, 60_000);

    test('F-W8: a server started anew is told as such, with nobody in it, or with everybody back', async () => {
      const all = [newUser(), newUser({ flow: 'xtls-rprx-vision' })];
      await put(...all);
      await under.carry(all[0]!, 1_000);
      const { bootId } = await inbound.read();
      expect((await inbound.read()).bootId).toBe(bootId);
      await under.restart();
      const after = await eventually(() => inbound.read(), { withinMs: 10_000 });
      expect(after.bootId).not.toBe(bootId);
      expect(byEmail(after.users)).toEqual(under.restores ? all : []);
      const { users: counters, bootId: countersBoot } = await inbound.traffic();
      expect(countersBoot).toBe(after.bootId);
      expect(counters.filter((user) => user.uplinkBytes > 0)).toEqual([]);
      await put(...all);
      expect(await users()).toEqual(all);
    }, 60_000);
  });
}
