import type { Sql } from 'postgres';

export interface GrownData {
  readonly peers: number;
  readonly finishedJobs: number;
  readonly deadJobs: number;
}

/** What a grown installation has, made by the database itself. Needs a migrated database with the node `local`. */
export async function grow(sql: Sql, { peers, finishedJobs, deadJobs }: GrownData): Promise<void> {
  const [pool] =
    await sql`insert into adit.pools (node_id, cidr4) values ('local', '10.128.0.0/16') returning id`;
  await sql`
    insert into adit.addresses (pool_id, position, state)
    select ${pool!.id}, n, case when n < ${peers}::int + 2 then 'leased' else 'free' end
      from generate_series(2, 65533) n`;
  await sql`
    insert into adit.accounts (id, chat_id, language_hint, name, username, created_at)
    select 1000000 + n, 1000000 + n, 'ru',
           (array['Иван', 'Maria', 'Ольга', 'John', 'Пётр'])[1 + n % 5] || ' ' || n, 'user_' || n,
           now() - n * interval '1 minute'
      from generate_series(1, ${peers}::int) n`;
  await sql`
    insert into adit.subscriptions (id, account_id, plan, starts_at, ends_at)
    select gen_random_uuid(), id, 'trial', now() - interval '1 day', now() + interval '2 days' from adit.accounts`;
  await sql`
    insert into adit.devices (id, account_id, name, created_at)
    select gen_random_uuid(), id, 'Device 1', created_at from adit.accounts`;
  await sql`
    insert into adit.peers (id, device_id, node_id, public_key, pool_id, position, ip4, applied_generation, changed_at,
                            applied_at, created_at)
    select gen_random_uuid(), d.id, 'local', encode(sha256(d.id::text::bytea), 'base64'), ${pool!.id}, n,
           '10.128.0.0'::inet + n, case when n % 100 = 0 then 0 else 1 end, now(), now(), d.created_at
      from (select id, created_at, 1 + row_number() over (order by created_at) as n from adit.devices) d`;
  await fillJobs(sql, finishedJobs, deadJobs);
  await sql`vacuum analyze`;
}

async function fillJobs(sql: Sql, finished: number, dead: number): Promise<void> {
  await sql`
    insert into adit_jobs.job_common (id, name, data, state, policy, retry_limit, singleton_key, created_on, started_on,
                                      completed_on, heartbeat_seconds, dead_letter)
    select gen_random_uuid(), case when n % 50 = 0 then 'housekeeping' else 'apply-peer' end,
           jsonb_build_object('peerId', p.id), 'completed', 'exclusive', 12, n::text,
           now() - n * interval '0.5 seconds', now(), now(), 30, 'dead-letter'
      from generate_series(1, ${finished}::int) n
      join (select id, row_number() over () as number from adit.peers) p on p.number = 1 + n % 10000`;
  await sql`
    insert into adit_jobs.job_common (id, name, data, state, policy, singleton_key, created_on, source_name, source_id,
                                      source_created_on, source_retry_count, source_output)
    select gen_random_uuid(), 'dead-letter', '{"peerId":"gone"}', 'created', 'standard', 'dead' || n,
           now() - n * interval '1 second', 'apply-peer', gen_random_uuid(), now(), 12,
           '{"code":"unavailable","message":"The interface did not answer in 5000 ms."}'
      from generate_series(1, ${dead}::int) n`;
  await sql`
    insert into adit_jobs.job_common (id, name, data, state, policy, retry_limit, retry_count, singleton_key, created_on,
                                      start_after, output, dead_letter)
    select gen_random_uuid(), 'apply-peer', '{"peerId":"other"}', case when n % 2 = 0 then 'retry' else 'created' end::adit_jobs.job_state,
           'exclusive', 12, 2, 'live' || n, now() - n * interval '1 second', now() + interval '1 hour',
           '{"message":"The interface did not answer."}', 'dead-letter'
      from generate_series(1, 2000) n`;
}
