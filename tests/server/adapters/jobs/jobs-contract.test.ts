import { jobsContract } from '../../../contracts/jobs.contract.ts';
import { JOBS_SCHEMA, jobsRig } from '../../../support/jobs-rig.ts';

jobsContract('pg-boss', async () => {
  const rig = await jobsRig();
  const jobs = rig.create();
  await jobs.install();
  return {
    jobs,
    transaction: rig.transaction,
    pass: () => {},
    nowMs: () => performance.now(),
    start: jobs.start,
    async exhaust(key) {
      await rig.sql(
        `UPDATE ${JOBS_SCHEMA}.job SET retry_count = retry_limit - 1, start_after = now()
         WHERE singleton_key = '${key}'`,
      );
    },
    async dispose() {
      await jobs.stop({ graceMs: 0 });
      await rig.dispose();
    },
  };
});
