import type { JobModel, JobRow, JobState, JobsModel } from '../dashboard/models/jobs.ts';
import { ago, ahead } from './moments.ts';

const ERRORS = [
  'The call took longer than 5000 ms: wg set wg0',
  'unavailable: the breaker of "xray AlterInbound" is open',
  'conflict: another process has taken the node over',
];

const id = (index: number): string =>
  `0197a3f2-1c4e-7${index.toString(16).padStart(3, '0')}-9d11-4be2aa31${index.toString(16).padStart(4, '0')}`;

export function jobRow(index: number, state: JobState, stuck = false): JobRow {
  const isOver = state === 'done' || state === 'cancelled';
  return {
    id: id(index),
    queue: index % 4 === 3 ? 'reconcile-node' : 'apply-peer',
    state,
    stuck,
    attempt: state === 'waiting' ? 0 : 1 + (index % 5),
    maxAttempts: 5,
    subject: index % 4 === 3 ? 'local' : `0197a3e0-77aa-7b1${index.toString(16).padStart(2, '0')}`,
    createdAt: ago(1_930 - (index % 9) * 130),
    startedAt: state === 'waiting' ? null : ago(90 + index),
    finishedAt: isOver ? ago(60 + index * 3) : null,
    nextAt: state === 'retry' ? ahead(20 + index) : null,
    lastError: isOver || state === 'waiting' ? null : ERRORS[index % ERRORS.length]!,
  };
}

export const stuckJobs: readonly JobRow[] = Array.from({ length: 11 }, (_, index) =>
  jobRow(index + 1, index % 3 === 0 ? 'retry' : 'active', true),
);

const tabs: JobsModel['tabs'] = [
  { tab: 'stuck', count: 11 },
  { tab: 'waiting', count: 17 },
  { tab: 'active', count: 4 },
  { tab: 'retry', count: 9 },
  { tab: 'dead', count: 2 },
  { tab: 'done', count: null },
  { tab: 'cancelled', count: 0 },
];

export const jobsStuck: JobsModel = {
  tab: 'stuck',
  tabs,
  queues: ['apply-peer', 'expire-subscriptions', 'housekeeping', 'reconcile-node'],
  filters: { state: 'stuck' },
  page: { rows: stuckJobs, next: null, prev: null, total: 11 },
};

export const jobsDone: JobsModel = {
  ...jobsStuck,
  tab: 'done',
  filters: { state: 'done', queue: 'apply-peer' },
  page: {
    rows: Array.from({ length: 50 }, (_, index) => jobRow(index + 20, 'done')),
    next: 'after-this',
    prev: 'before-this',
    total: null,
  },
};

export const jobsDead: JobsModel = {
  ...jobsStuck,
  tab: 'dead',
  filters: { state: 'dead' },
  page: { rows: [jobRow(3, 'dead'), jobRow(5, 'dead')], next: null, prev: null, total: 2 },
};

export const jobsEmpty: JobsModel = {
  ...jobsStuck,
  filters: { state: 'stuck' },
  page: { rows: [], next: null, prev: null, total: 0 },
};

export const jobOne: JobModel = {
  job: stuckJobs[0]!,
  payload: JSON.stringify({ peerId: '0197a3e0-77aa-7b11-8a55-03c1ee90a1b2' }, null, 2),
  output: JSON.stringify(
    { name: 'AppError', code: 'timeout', message: ERRORS[0], stack: ['apply-peers.ts:81', 'run.ts:40'] },
    null,
    2,
  ),
  subjectHref: '/peers/0197a3e0-77aa-7b11-8a55-03c1ee90a1b2',
  heartbeatAt: ago(44),
  can: { retry: true, cancel: true, discard: true },
};
