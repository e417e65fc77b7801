import { duration, number } from '../format.ts';
import { ActButton } from '../forms.tsx';
import { clipped, visible } from '../hidden-characters.ts';
import { Icon } from '../icons.tsx';
import { Th } from '../lists.tsx';
import type { JobRow } from '../models/jobs.ts';
import type { JobsPanel } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { NotRead, Panel } from '../parts.tsx';
import { actions, paths, withQuery } from '../paths.ts';
import { JobStateMark } from '../states.tsx';
import { Foreign } from '../text.tsx';
import { HistoryLine, Stat, Stats } from './numbers.tsx';

const ALARMING: Readonly<Record<string, 'warn' | 'bad'>> = { retry: 'warn', dead: 'bad' };

export function JobsSection({ setting, jobs }: { setting: Setting; jobs: JobsPanel | null }) {
  const { t, language } = setting;
  return (
    <Panel
      setting={setting}
      id="jobs"
      title={t('panel-jobs')}
      health={jobs?.health ?? 'unknown'}
      href={paths.jobs}
    >
      {jobs === null ? (
        <NotRead t={t} />
      ) : (
        <>
          <div class="beside">
            <Stats>
              {jobs.counts.map(({ state, count }) => (
                <Stat name={t(`job-${state}`)} tone={count > 0 ? ALARMING[state] : undefined}>
                  <a href={withQuery(paths.jobs, { state })}>{number(language, count)}</a>
                </Stat>
              ))}
              <Stat name={t('done-per-minute')}>{number(language, jobs.donePerMinute)}</Stat>
            </Stats>
            <HistoryLine setting={setting} name={t('job-waiting')} series={jobs.waitingHistory} />
          </div>
          <StuckJobs setting={setting} jobs={jobs} />
        </>
      )}
    </Panel>
  );
}

function StuckJobs({ setting, jobs }: { setting: Setting; jobs: JobsPanel }) {
  const { t } = setting;
  if (jobs.stuck.length === 0) return <p class="empty-line">{t('none-stuck')}</p>;
  const more = jobs.stuckTotal - jobs.stuck.length;
  return (
    <>
      <table class="table plain">
        <caption class="unseen">{t('stuck-caption')}</caption>
        <thead>
          <tr>
            <Th text={t('col-job')} />
            <Th class="w-state" text={t('col-state')} />
            <Th class="w-num number" text={t('col-age')} />
            <Th class="w-num number" text={t('col-attempt')} />
            <Th class="w-act" text={t('col-do')} unseen={true} />
          </tr>
        </thead>
        <tbody>
          {jobs.stuck.map((job) => (
            <StuckJob setting={setting} job={job} />
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p class="more">
          <a href={withQuery(paths.jobs, { state: 'stuck' })}>{t('stuck-more', { count: more })}</a>
        </p>
      )}
    </>
  );
}

function StuckJob({ setting, job }: { setting: Setting; job: JobRow }) {
  const { t, now } = setting;
  return (
    <tr id={`stuck-${job.id}`}>
      <td>
        <a class="row-link" href={paths.job(job.id)}>
          <Foreign text={job.queue} />
        </a>{' '}
        {job.subject !== null && (
          <span class="muted">
            <Foreign text={job.subject} />
          </span>
        )}
        {job.lastError !== null && (
          <div class="second-line">
            <Foreign text={job.lastError} />
          </div>
        )}
      </td>
      <td>
        <JobStateMark t={t} job={job} />
      </td>
      <td class="number" data-label={t('col-age')}>
        {duration(setting, now - job.createdAt)}
      </td>
      <td class="number" data-label={t('col-attempt')}>
        {job.attempt}/{job.maxAttempts}
      </td>
      <td class="actions">
        <ActButton
          action={actions.retryJob(job.id)}
          label={t('retry-named', { name: clipped(visible(job.queue), 40) })}
        >
          <Icon name="again" />
          <span class="act-word">{t('retry')}</span>
        </ActButton>
      </td>
    </tr>
  );
}
