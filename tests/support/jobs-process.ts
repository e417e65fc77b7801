/**
 * A second process at the job tables, for tests that need one to die or to race.
 * `hold N`: takes N jobs, says so, and never settles them.
 * `insert KEY N ROUNDS`: enqueues N jobs with one key at once, again and again.
 */
import { createJobs } from '../../src/server/adapters/jobs/jobs.ts';
import { databaseOn } from './database.ts';
import { jobsDefaults } from './jobs-rig.ts';

const [address, verb, first, second, rounds] = process.argv.slice(2);
const database = databaseOn(JSON.parse(address ?? '{}'));
const jobs = createJobs({ ...jobsDefaults(), database: database.raw });

if (verb === 'hold') {
  const wanted = Number(first);
  let held = 0;
  jobs.work('apply-peer', { batchSize: 20, maxHeld: wanted }, async (batch) => {
    held += batch.length;
    if (held === wanted) process.stdout.write('holding\n');
  });
  await jobs.start();
}

if (verb === 'insert') {
  const job = { kind: 'apply-peer', data: { peerId: 'one' }, singletonKey: first ?? '' } as const;
  for (let round = 0; round < Number(rounds); round += 1) {
    await Promise.all(Array.from({ length: Number(second) }, () => jobs.enqueue([job])));
  }
  await database.close(1_000);
}
