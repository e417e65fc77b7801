import type { ConfirmModel, Problem } from '../../../../views/dashboard/models.ts';
import { ConfirmPage } from '../../../../views/dashboard/pages/confirm.tsx';
import { actions, confirmed, paths, withQuery } from '../../../../views/dashboard/paths.ts';
import type { JobQuery } from '../../../core/ports/job-desk.ts';
import { changeJob, type JobAct } from '../../../services/operate/change-job.ts';
import { changeManyJobs, MOST_AT_ONCE } from '../../../services/operate/change-many-jobs.ts';
import { page } from '../answers.ts';
import type { Route, RouteContext } from '../routes.ts';
import { named } from './account-acts.ts';
import { actOf, backTo, good, nowhere, uuidOf, warn } from './act.ts';
import type { PagesDeps } from './deps.ts';
import { openDoor } from './door.ts';
import { jobQuery } from './jobs.ts';

/** What is done to one job, and to all that match the filters of the list. */
export function jobActRoutes(deps: PagesDeps): readonly Route[] {
  const ask = { method: 'GET', role: 'operator', kind: 'page' } as const;
  const act = { method: 'POST', role: 'operator', kind: 'action' } as const;
  const one = { cancel: named(confirmed.cancelJob(':id')), discard: named(confirmed.discardJob(':id')) };
  const many = { retry: confirmed.retryJobs, cancel: confirmed.cancelJobs, discard: confirmed.discardJobs };
  return [
    { ...act, path: named(actions.retryJob(':id')), handle: (context) => change(deps, context, 'retry') },
    ...(['cancel', 'discard'] as const).flatMap((what): Route[] => [
      { ...ask, path: one[what], handle: (context) => confirmOne(deps, context, what) },
      { ...act, path: one[what], handle: (context) => change(deps, context, what) },
    ]),
    ...(['retry', 'cancel', 'discard'] as const).flatMap((what): Route[] => [
      { ...ask, path: many[what], handle: (context) => confirmMany(deps, context, what) },
      { ...act, path: many[what], handle: (context) => changeMany(deps, context, what) },
    ]),
  ];
}

/** What is typed before something is thrown away: the beginning of its id, or how many they are. */
const typedForOne = (id: string) => id.slice(0, 8);
const typedForMany = (count: number) => String(count);

async function confirmOne(
  { jobs }: PagesDeps,
  context: RouteContext,
  what: 'cancel' | 'discard',
  problem: Problem | null = null,
): Promise<Response> {
  const id = uuidOf(context);
  const detail = await jobs.one(id, context.now);
  if (detail === null) throw nowhere();
  return confirmPage(context, {
    kind: `job-${what}`,
    subject: `${detail.job.queue} ${id}`,
    count: 1,
    action: context.shell().path,
    fields: {},
    typed: what === 'discard' ? typedForOne(id) : null,
    // What is thrown away has no page to go back to.
    back: what === 'discard' ? withQuery(paths.jobs, { state: detail.job.state }) : paths.job(id),
    problem,
  });
}

async function change(deps: PagesDeps, context: RouteContext, what: JobAct): Promise<Response> {
  const form = await context.form();
  const id = uuidOf(context);
  if (what === 'discard' && form.get('typed')?.trim() !== typedForOne(id)) {
    return confirmOne(deps, context, what, mistyped(context));
  }
  const outcome = await changeJob(deps.operate, actOf(context, form), what, id);
  const flash = outcome.kind === 'done' ? good(`did-job-${what}`) : warn('did-job-moved-on');
  return backTo(form, paths.jobs, flash);
}

async function confirmMany(
  { jobs }: PagesDeps,
  context: RouteContext,
  what: JobAct,
  query: JobQuery = jobQuery(openDoor(context), jobs.queues),
  problem: Problem | null = null,
): Promise<Response> {
  const count = await jobs.count(query, MOST_AT_ONCE, context.now);
  const fields = fieldsOf(query);
  return confirmPage(context, {
    kind: `jobs-${what}`,
    subject: Object.values(fields).join(' · '),
    count,
    action: withQuery(context.shell().path.split('?')[0] ?? '', fields),
    fields: { ...fields, count: String(count) },
    typed: what === 'discard' ? typedForMany(count) : null,
    back: withQuery(paths.jobs, fields),
    problem,
  });
}

async function changeMany(deps: PagesDeps, context: RouteContext, what: JobAct): Promise<Response> {
  const form = await context.form();
  // The filters stand in the form, as they were when the number was shown.
  const query = jobQuery(openDoor(context, form), deps.jobs.queues);
  const asked = Number(form.get('count') ?? Number.NaN);
  if (what === 'discard' && form.get('typed')?.trim() !== typedForMany(asked)) {
    return confirmMany(deps, context, what, query, mistyped(context));
  }
  const act = actOf(context, form);
  const { touched, complete } = await changeManyJobs(deps.operate, act, what, query, context.signal);
  const key = `did-jobs-${what}`;
  const flash = complete ? good(key, { count: touched }) : warn('did-jobs-more', { count: touched });
  return backTo(form, paths.jobs, flash);
}

const fieldsOf = ({ tab, queue, q }: JobQuery): Readonly<Record<string, string>> => ({
  state: tab,
  ...(queue === null ? {} : { queue }),
  ...(q === '' ? {} : { q }),
});

const mistyped = (context: RouteContext): Problem => ({
  field: 'typed',
  text: context.shell().t('problem-typed'),
});

function confirmPage(context: RouteContext, model: ConfirmModel): Response {
  const html = String(ConfirmPage({ shell: context.shell(), model }));
  return page(html, model.problem === null ? 200 : 422);
}
