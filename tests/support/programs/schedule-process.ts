/**
 * The real schedule under the clock and time zone this process was started with. Lines of one and three seconds; prints
 * for each job enqueued its name, the milliseconds that passed, and the wall clock. Ends when its input does.
 */
import { systemClock } from '../../../src/server/adapters/system/clock.ts';
import { createSchedule } from '../../../src/server/app/schedule.ts';
import type { NewJob } from '../../../src/server/core/ports/jobs.ts';
import { silentLog } from '../door-kit.ts';

const line = (name: string, everySeconds: number) => ({
  name,
  everySeconds,
  job: { kind: 'housekeeping', data: {}, singletonKey: name } as const,
});

const schedule = createSchedule(
  { clock: systemClock, log: silentLog(), activity: { began() {} } },
  {
    async enqueue(jobs: readonly NewJob[]) {
      const passedMs = Math.round(performance.now());
      const name = jobs[0]?.singletonKey;
      process.stdout.write(`${JSON.stringify({ name, passedMs, wall: new Date().toString() })}\n`);
    },
    wake() {},
  },
  [line('one', 1), line('three', 3)],
);
schedule.start();
for await (const _ of process.stdin);
schedule.stop();
