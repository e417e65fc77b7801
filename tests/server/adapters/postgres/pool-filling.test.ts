import { expect, setDefaultTimeout, test } from 'bun:test';
import { openPostgresRig } from '../../../support/postgres-rig.ts';
import { keyOf, NODE } from '../../../support/store-rig.ts';

setDefaultTimeout(60_000);

/** 131,069 addresses: seven portions. */
const BIG = { cidr4: '10.80.0.0/15', cidr6: null };

test('A6: a pool whose filling was cut off is filled from where it stopped at the next start', async () => {
  const rig = await openPostgresRig([BIG]);
  try {
    await rig.admin`delete from adit.addresses where position > 60000`;
    await rig.admin`update adit.addresses set state = 'leased' where position = 60000`;
    const again = { id: NODE, publicKey: keyOf(0), endpoint: '192.0.2.1:51820', pools: [BIG] };
    // As when two processes start together.
    await Promise.all([rig.nodes.register(again), rig.nodes.register(again)]);
    expect(await rig.nodes.usage()).toEqual([{ pool: BIG.cidr4, free: 2 ** 17 - 4, leased: 1, resting: 0 }]);
  } finally {
    await rig.close();
  }
});
