import { eq, lt, sql } from 'drizzle-orm';
import type { PeerRef } from '../../../core/apply-job.ts';
import { accountId, deviceId, type PeerId } from '../../../core/ids.ts';
import type { JobOperationsIn } from '../../../core/ports/job-desk.ts';
import type { NewJob } from '../../../core/ports/jobs.ts';
import type { OperationStore, OperationTransaction } from '../../../core/ports/operations.ts';
import { type Drizzle as Tx, toSqlExecutor } from '../drizzle-session.ts';
import { accountNotes, operatorRequests } from '../operations-schema.ts';
import { accounts } from '../schema.ts';
import { type AccessStoreDeps, accessTransaction } from './access-store.ts';
import { readAccounts } from './account-reader.ts';
import { writeAudit } from './audit-writer.ts';
import { addOperatorsPool } from './node-store.ts';
import { reconcileOperations } from './reconcile-operations.ts';
import { restorePeers, type TouchedRow, toRef } from './restore-peers.ts';
import { storableText } from './storable.ts';

export interface OperationStoreDeps extends AccessStoreDeps {
  readonly jobOperations: JobOperationsIn;
}

/** What operators do, each act one transaction with its line in the audit. */
export function createOperationStore(deps: OperationStoreDeps): OperationStore {
  return {
    async transaction(work) {
      let jobs: NewJob[] = [];
      const result = await deps.database.transaction((tx) => {
        // The work may run again after a deadlock: only the try that commits counts.
        jobs = [];
        return work(operationTransaction(tx, deps, jobs));
      });
      if (jobs.length > 0) deps.wake(jobs);
      return result;
    },
  };
}

function operationTransaction(tx: Tx, deps: OperationStoreDeps, jobs: NewJob[]): OperationTransaction {
  return {
    once: (id, at) => once(tx, id, at),
    record: (entry) => writeAudit(tx, [entry]),
    async openAccount(id) {
      await tx.execute(sql`select from adit.accounts where id = ${id} for no key update`);
      return (await readAccounts(tx, [id])).get(id) ?? null;
    },
    ownerOf: (id) => ownerOf(tx, id),
    access: accessTransaction(tx, deps, jobs),
    pauseAccount: (id, now) => pauseAccount(tx, id, now),
    async resumeAccount(id) {
      await tx.update(accounts).set({ pausedAt: null }).where(eq(accounts.id, id));
    },
    restorePeers: (id, now) => restorePeers(tx, [id], now),
    async addNote({ at, text, operatorName, ...note }) {
      const stored = { text: storableText(text), operatorName: storableText(operatorName), createdAt: at };
      await tx.insert(accountNotes).values({ ...note, ...stored });
    },
    nodeExists: async (id) => (await tx.execute(sql`select from adit.nodes where id = ${id}`)).length > 0,
    takesPools: async (id) =>
      (await tx.execute(sql`select from adit.nodes where id = ${id} and protocol = 'wireguard'`)).length > 0,
    lockPools: () => lockPools(tx),
    addPool: (node, pool) => addOperatorsPool(tx, node, pool),
    jobs: deps.jobOperations(toSqlExecutor(tx)),
    reconcile: reconcileOperations(tx),
  };
}

/** A form lies open for a day at most; acts are rare, so what is older goes with the next one. */
const REQUESTS_KEPT_MS = 24 * 60 * 60 * 1000;

async function once(tx: Tx, id: string, at: Date): Promise<boolean> {
  await tx.delete(operatorRequests).where(lt(operatorRequests.at, new Date(at.getTime() - REQUESTS_KEPT_MS)));
  const added = await tx
    .insert(operatorRequests)
    .values({ id, at })
    .onConflictDoNothing()
    .returning({ id: operatorRequests.id });
  return added.length > 0;
}

async function ownerOf(tx: Tx, id: PeerId) {
  const rows = await tx.execute<{ account: string; device: string }>(sql`
    select d.account_id::text as account, d.id as device
      from adit.peers p join adit.devices d on d.id = p.device_id where p.id = ${id}`);
  const row = rows[0];
  return row === undefined ? null : { account: accountId(Number(row.account)), device: deviceId(row.device) };
}

/** Indexes: devices_account, peers_device. */
async function pauseAccount(tx: Tx, id: number, now: Date): Promise<readonly PeerRef[]> {
  await tx
    .update(accounts)
    .set({ pausedAt: sql`coalesce(${accounts.pausedAt}, ${now.toISOString()})` })
    .where(eq(accounts.id, id as never));
  const peers = await tx.execute<TouchedRow>(sql`
    update adit.peers p set wanted = false, generation = generation + 1, changed_at = ${now.toISOString()}
      from adit.devices d where d.account_id = ${id} and p.device_id = d.id and p.wanted
    returning p.id, p.protocol`);
  return peers.map(toRef);
}

async function lockPools(tx: Tx) {
  await tx.execute(sql`lock table adit.pools in share row exclusive mode`);
  const rows = await tx.execute<{ cidr4: string; cidr6: string | null }>(
    sql`select cidr4::text, cidr6::text from adit.pools order by id`,
  );
  return rows.map(({ cidr4, cidr6 }) => ({ cidr4, cidr6 }));
}
