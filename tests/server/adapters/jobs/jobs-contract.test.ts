import { jobsContract } from '../../../contracts/jobs.contract.ts';
import { jobsRig, SCHEMA } from '../../../support/jobs-rig.ts';

jobsContract('pg-boss', async () => {
  const rig = await jobsRig();
  const jobs = rig.create();
  return {
    jobs,
    transaction: rig.database.transaction,
    pass: () => {},
    nowMs: () => performance.now(),
    start: jobs.start,
    async exhaust(key) {
      await rig.database.sql.unsafe(
        `UPDATE ${SCHEMA}.job SET retry_count = retry_limit - 1, start_after = now() WHERE singleton_key = $1`,
        [key],
      );
    },
    async dispose() {
      await jobs.stop({ graceMs: 0 });
      await rig.dispose();
    },
  };
});
