import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { addPool, type NewPool } from '../../../src/server/services/operate/add-pool.ts';
import { settingIn } from '../../support/dashboard-words.ts';
import { ACT, type OperateRig, openOperateRig } from '../../support/operate-rig.ts';
import { codeOf, FIRST_START_MS, keyOf, makeDevice, NODE, POOL } from '../../support/store-rig.ts';

setDefaultTimeout(30_000);

let rig: OperateRig;
beforeAll(async () => {
  rig = await openOperateRig();
}, FIRST_START_MS);
afterAll(() => rig.close());

const pool = (cidr4: string, cidr6 = ''): NewPool => ({ node: NODE, cidr4, cidr6 });
const pools = async () => (await rig.reader.pools()).map((each) => each.cidr4);

describe('an operator adds a pool', () => {
  // The rig's own pool is 10.66.0.0/24 with fd00:66::/64.
  const refused: readonly (readonly [what: string, given: NewPool, outcome: object])[] = [
    ['no network', pool('ten'), { kind: 'invalid', field: 'cidr4' }],
    ['a host in it', pool('10.70.0.7/24'), { kind: 'invalid', field: 'cidr4' }],
    ['no room', pool('10.70.0.0/31'), { kind: 'invalid', field: 'cidr4' }],
    ['IPv6 where IPv4 belongs', pool('fd00::/64'), { kind: 'invalid', field: 'cidr4' }],
    ['too many at once', pool('11.0.0.0/13'), { kind: 'invalid', field: 'cidr4' }],
    ['IPv4 where IPv6 belongs', pool('10.70.0.0/24', '10.71.0.0/24'), { kind: 'invalid', field: 'cidr6' }],
    ['IPv6 narrower than IPv4', pool('10.70.0.0/24', 'fd00:70::/126'), { kind: 'invalid', field: 'cidr6' }],
    ['an unknown node', { ...pool('10.70.0.0/24'), node: 'mars' }, { kind: 'no-node', field: 'node' }],
    ['the same', pool('10.66.0.0/24'), { kind: 'overlap', field: 'cidr4', pool: '10.66.0.0/24' }],
    ['a part of it', pool('10.66.0.128/25'), { kind: 'overlap', field: 'cidr4', pool: '10.66.0.0/24' }],
    ['all round it', pool('10.66.0.0/16'), { kind: 'overlap', field: 'cidr4', pool: '10.66.0.0/24' }],
    [
      'the same IPv6',
      pool('10.70.0.0/24', 'fd00:66::/64'),
      { kind: 'overlap', field: 'cidr6', pool: 'fd00:66::/64' },
    ],
  ];
  test.each(refused)('is told what is wrong with %s, and nothing is written', async (_, given, outcome) => {
    expect(await addPool(rig.operate, ACT, given)).toMatchObject(outcome);
    expect(await pools()).toEqual(['10.66.0.0/24']);
    expect(await rig.audit()).toEqual([]);
  });

  test('it is there with all its addresses, in the audit, and the next claims use it when the first is full', async () => {
    await rig.admin`update adit.addresses set state = 'leased'`;
    expect(await addPool(rig.operate, ACT, pool(' 10.70.0.0/24'.trim(), 'fd00:70::/64'))).toEqual({
      kind: 'done',
      pool: '10.70.0.0/24',
      addresses: 253,
    });
    expect((await rig.jobs()).at(-1)).toEqual({ kind: 'reconcile-node', data: { nodeId: NODE } });
    expect(await rig.nodes.addedPools(NODE)).toEqual([{ cidr4: '10.70.0.0/24', cidr6: 'fd00:70::/64' }]);
    const made = await makeDevice(rig);
    expect(made.address.ip4).toStartWith('10.70.0.');
    expect(made.address.ip6).toStartWith('fd00:70::');
    expect(await rig.audit()).toMatchObject([
      { action: 'pool-add', subject: 'pool:10.70.0.0/24', details: { node: NODE, addresses: 253 } },
    ]);
    const row = (await rig.reader.pools())[1];
    expect(row).toMatchObject({ cidr4: '10.70.0.0/24', total: 253, free: 252, leased: 1 });
  });

  test('a start with the configuration as it was goes on with both; a pool of the configuration that left is refused', async () => {
    const node = { id: NODE, publicKey: keyOf(0), endpoint: '192.0.2.1:51820' };
    await rig.nodes.register({ ...node, pools: [POOL] });
    const other = rig.nodes.register({ ...node, pools: [{ cidr4: '10.99.0.0/24', cidr6: null }] });
    expect(await codeOf(other)).toBe('conflict');
  });

  test('two who add what overlaps at the same moment: one has it, the other is told', async () => {
    const both = await Promise.all([
      addPool(rig.operate, ACT, pool('10.80.0.0/24')),
      addPool(rig.operate, ACT, pool('10.80.0.0/23')),
    ]);
    expect(both.map((each) => each.kind).toSorted()).toEqual(['done', 'overlap']);
  });
});

describe('what is wrong with a network', () => {
  const wrong: readonly (readonly [fault: string, given: NewPool])[] = [
    ['unreadable', pool('ten')],
    ['unreadable', pool('10.0.0.x/24')],
    ['prefix', pool('10.70.0.0/33')],
    ['host-part', pool('10.70.0.7/24')],
    ['no-room', pool('10.70.0.0/31')],
    ['too-wide', pool('10.0.0.0/7')],
    ['too-many', pool('11.0.0.0/13')],
    ['family', pool('fd00::/64')],
    ['fewer', pool('10.70.0.0/24', 'fd00:70::/126')],
  ];
  test.each(wrong)('%s is said in both languages, with its numbers', async (fault, given) => {
    const outcome = await addPool(rig.operate, ACT, given);
    if (outcome.kind !== 'invalid') throw new Error(outcome.kind);
    expect(outcome.fault).toBe(fault as never);
    const [en, ru] = (['en', 'ru'] as const).map((language) =>
      settingIn(language).t(`problem-network-${outcome.fault}`, outcome.values),
    );
    expect(en).toMatch(/^[ -~]{20,}$/);
    expect(ru).toMatch(/[а-я]{4}/);
    expect(`${en}${ru}`).not.toMatch(/problem-network|\{|\$/);
  });
});
