import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { accountId } from '../../src/server/core/ids.ts';
import type { Visit } from '../../src/server/core/ports/desk.ts';
import { createChangeDevice } from '../../src/server/services/change-device.ts';
import { createIssueAccess } from '../../src/server/services/issue-access.ts';
import { createDoorKit } from '../support/door-kit.ts';
import { openPostgresRig, type PostgresRig } from '../support/postgres-rig.ts';
import { nextUpdate, visitOf } from '../support/service-process.ts';
import { FIRST_START_MS } from '../support/store-rig.ts';

setDefaultTimeout(30_000);

const range = (length: number) => Array.from({ length }, (_, index) => index + 1);

/** The service of one process over the real database. */
function issueOver(rig: PostgresRig) {
  const { clock, random } = createDoorKit();
  const rules = { trialDays: 3, devicesPerAccount: 3, trialTrafficBytes: null };
  const deviceWord = () => 'Device';
  return createIssueAccess({ store: rig.store, clock, random, rules, protocols: ['wireguard'], deviceWord });
}

async function visits(rig: PostgresRig, accounts: readonly number[]): Promise<readonly Visit[]> {
  const all = accounts.map((account) => visitOf(account, nextUpdate()));
  await rig.inbox.accept(all.map((each) => ({ id: each.updateId, payload: {} })));
  return all;
}

const tally = (outcomes: readonly { readonly kind: string }[]) =>
  Object.fromEntries(
    [...Map.groupBy(outcomes, (each) => each.kind)].map(([kind, all]) => [kind, all.length]),
  );

/** What the contract's views say, as an operator would ask. */
async function report(rig: PostgresRig) {
  const [row] = await rig.admin`
    select (select count(*)::int from report.peers where wanted) as wanted,
           (select count(distinct ip4)::int from report.peers where wanted) as ip4s,
           (select count(distinct ip6)::int from report.peers where wanted) as ip6s,
           (select count(*)::int from report.issues) as issues,
           (select sum(leased)::int from report.addresses) as leased`;
  return row;
}

describe('a burst over the real database', () => {
  let rig: PostgresRig;
  beforeEach(async () => {
    rig = await openPostgresRig([{ cidr4: '10.66.0.0/24', cidr6: 'fd00:66::/64' }]);
    await rig.admin`delete from adit.addresses where position < 5`;
  }, FIRST_START_MS);
  afterEach(() => rig.close());

  test('F-A1, A5: 300 users in three processes, 250 addresses: exactly 250 issued, 50 told full', async () => {
    const processes = [issueOver(rig), issueOver(rig), issueOver(rig)];
    const all = await visits(rig, range(300));
    const outcomes = await Promise.all(all.map((each, index) => processes[index % 3]!.startTrial(each)));
    expect(tally(outcomes)).toEqual({ issued: 250, 'pool-full': 50 });
    expect(await report(rig)).toEqual({ wanted: 250, ip4s: 250, ip6s: 250, issues: 250, leased: 250 });
    expect(await rig.jobs()).toHaveLength(250);
  });

  test('A8, A9: every /start four times, by two updates in two processes each: one issue an account', async () => {
    const processes = [issueOver(rig), issueOver(rig)];
    const accounts = range(40);
    const [first, second] = [await visits(rig, accounts), await visits(rig, accounts.toReversed())];
    const outcomes = await Promise.all(
      processes.flatMap((process) => [...first, ...second].map((each) => process.startTrial(each))),
    );
    expect(tally(outcomes)).toEqual({ issued: 40, 'already-active': 40, repeat: 80 });
    expect(await report(rig)).toMatchObject({ wanted: 40, issues: 40, leased: 40 });
  });

  test('F-A4, A7: starts, revokes and ends side by side leave addresses, peers and issues whole', async () => {
    const [issue, { clock, random }] = [issueOver(rig), createDoorKit()];
    const change = createChangeDevice({ store: rig.store, clock, random });
    const accounts = range(120);
    await Promise.all((await visits(rig, accounts)).map((each) => issue.startTrial(each)));
    const [adding, revoking] = [await visits(rig, accounts), await visits(rig, accounts)];
    const soon = new Date(clock.now().getTime() + 10 * 86_400_000);
    await Promise.all([
      ...adding.map((each) => issue.addDevice(each, 'wireguard')),
      ...revoking.map(async (each) => {
        const state = await rig.store.view(accountId(each.profile.id));
        return change.revoke(each, state!.devices[0]!.id);
      }),
      rig.store.expire(soon, 60),
      rig.store.expire(soon, 60),
      rig.nodes.wakeResting(soon),
    ]);
    const [broken] = await rig.admin`
      select (select count(*)::int from adit.peers p join adit.addresses a using (pool_id, position)
               where (p.released_at is null) and a.state <> 'leased') as unleased,
             (select count(*)::int from adit.addresses a where a.state = 'leased' and not exists (
                select from adit.peers p where p.pool_id = a.pool_id and p.position = a.position
                   and p.released_at is null)) as orphaned,
             (select count(*)::int from adit.subscriptions where expired_at is not null) as ended,
             (select count(*)::int from adit.peers p join adit.devices d on d.id = p.device_id
                join adit.subscriptions s on s.account_id = d.account_id
               where p.wanted and s.expired_at is not null) as outliving`;
    expect(broken).toMatchObject({ unleased: 0, orphaned: 0, ended: 120 });
  });
});
