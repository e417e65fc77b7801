import type { JobModel } from '../../../../views/dashboard/models/jobs.ts';
import { JobPage } from '../../../../views/dashboard/pages/job.tsx';
import { JobsPage } from '../../../../views/dashboard/pages/jobs.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import { JOB_TABS, type JobDetail, type JobQuery, type JobRow } from '../../../core/ports/job-desk.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { nowhere, uuidOf } from './act.ts';
import { isUuid, type KeyShape } from './cursor.ts';
import type { PagesDeps } from './deps.ts';
import { type Door, openDoor, toPage } from './door.ts';

export const JOB_KEY: readonly KeyShape[] = ['moment', 'uuid'];
/** Of a payload or an output on a page. */
const MOST_SHOWN = 20_000;

export function jobRoutes(deps: PagesDeps): readonly Route[] {
  const seen = { method: 'GET', role: 'viewer', kind: 'page' } as const;
  return [
    { ...seen, path: paths.jobs, handle: (context) => list(deps, context) },
    { ...seen, path: `${paths.jobs}/:id`, handle: (context) => show(deps, context) },
  ];
}

/** The filters of the list, of its CSV, and of what is done to all that match. */
export function jobQuery(door: Door, queues: readonly string[]): JobQuery {
  const tab = door.choice('state', JOB_TABS) ?? 'waiting';
  return { tab, queue: door.choice('queue', queues), q: door.text('q') };
}

async function list({ jobs }: PagesDeps, context: RouteContext): Promise<Response> {
  const door = openDoor(context);
  const query = jobQuery(door, jobs.queues);
  const [slice, tabs] = await Promise.all([
    jobs.list(query, door.slice(JOB_KEY), context.now),
    jobs.counts(context.now),
  ]);
  const unfiltered = query.queue === null && query.q === '';
  const counted = tabs.find((each) => each.tab === query.tab);
  const total = unfiltered && counted && !counted.estimated ? counted.count : null;
  const filters = { ...door.filters(), state: query.tab };
  const model = { tab: query.tab, tabs, queues: jobs.queues, filters, page: toPage(slice, total) };
  return page(String(JobsPage({ shell: door.shell(), model })));
}

async function show({ jobs }: PagesDeps, context: RouteContext): Promise<Response> {
  const detail = await jobs.one(uuidOf(context), context.now);
  if (detail === null) throw nowhere();
  return page(String(JobPage({ shell: context.shell(), model: toModel(detail) })));
}

function toModel({ job, payload, output, heartbeatAt }: JobDetail): JobModel {
  return {
    job,
    payload: indented(payload) ?? '{}',
    output: indented(output),
    subjectHref: job.subject !== null && isUuid(job.subject) ? paths.peer(job.subject) : null,
    heartbeatAt,
    can: allowed(job),
  };
}

/** The same as the services allow; asked again there, for a job moves on. */
export function allowed({ state }: JobRow): JobModel['can'] {
  return {
    retry: state !== 'active' && state !== 'done',
    cancel: state === 'waiting' || state === 'retry' || state === 'active',
    discard: state !== 'active',
  };
}

function indented(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value, null, 2);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
