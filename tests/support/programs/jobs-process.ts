/**
 * A second process at the job tables. `hold N`: takes N jobs, says so, and never settles them.
 * `insert KEY N`: enqueues N jobs with one key at once, `rounds` times over.
 */
import { createJobs } from '../../../src/server/adapters/jobs/jobs.ts';
import { jobsDatabase } from '../jobs-database.ts';
import { jobsDefaults } from '../jobs-rig.ts';

const [socket, verb, first, second, rounds] = process.argv.slice(2);
const database = jobsDatabase(JSON.parse(socket ?? '{}'));
const jobs = createJobs({ ...jobsDefaults(), database });

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
  for (let round = 0; round < Number(rounds ?? 1); round += 1) {
    await Promise.all(Array.from({ length: Number(second) }, () => jobs.enqueue([job])));
  }
  await database.end();
}
