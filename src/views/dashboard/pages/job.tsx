import { duration } from '../format.ts';
import { ActButton } from '../forms.tsx';
import { Icon } from '../icons.tsx';
import type { JobModel } from '../models/jobs.ts';
import type { Shell } from '../models.ts';
import { Fact, Facts, may } from '../parts.tsx';
import { actions, confirmed, paths, withQuery } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { JobStateMark } from '../states.tsx';
import { Block, Code, Foreign, Moment } from '../text.tsx';

export function JobPage({ shell, model }: { shell: Shell; model: JobModel }) {
  const { t } = shell;
  const { job } = model;
  return (
    <Layout
      shell={shell}
      title={t('job-title', { id: job.id.slice(0, 8) })}
      heading={<Foreign text={job.queue} />}
      parent={{
        href: withQuery(paths.jobs, { state: job.stuck ? 'stuck' : job.state }),
        name: t('nav-jobs'),
      }}
      tools={may(shell, 'operator') && <JobActions shell={shell} model={model} />}
    >
      <JobFacts shell={shell} model={model} />
      {job.lastError !== null && (
        <>
          <h2>{t('col-last-error')}</h2>
          <Block text={job.lastError} label={t('col-last-error')} />
        </>
      )}
      <h2>{t('payload')}</h2>
      <Block text={model.payload} label={t('payload')} />
      <h2>{t('output')}</h2>
      {model.output === null ? (
        <p class="empty-line">{t('output-none')}</p>
      ) : (
        <Block text={model.output} label={t('output')} />
      )}
    </Layout>
  );
}

function JobActions({ shell, model }: { shell: Shell; model: JobModel }) {
  const { t } = shell;
  const { job, can } = model;
  return (
    <>
      {can.retry && (
        <ActButton action={actions.retryJob(job.id)}>
          <Icon name="again" /> {t('retry')}
        </ActButton>
      )}
      {can.cancel && (
        <a class="button small" href={confirmed.cancelJob(job.id)}>
          <Icon name="cross" /> {t('job-cancel')}
        </a>
      )}
      {can.discard && (
        <a class="button small danger" href={confirmed.discardJob(job.id)}>
          <Icon name="cross" /> {t('job-discard')}
        </a>
      )}
    </>
  );
}

function JobFacts({ shell, model }: { shell: Shell; model: JobModel }) {
  const { t, now } = shell;
  const { job } = model;
  return (
    <Facts>
      <Fact name={t('col-state')}>
        <JobStateMark t={t} job={job} />
      </Fact>
      <Fact name={t('col-attempt')}>
        {job.attempt}/{job.maxAttempts}
      </Fact>
      <Fact name={t('col-subject')}>
        {job.subject === null ? '–' : <Subject href={model.subjectHref} text={job.subject} />}
      </Fact>
      <Fact name={t('col-age')}>{duration(shell, now - job.createdAt)}</Fact>
      <Fact name={t('col-created')}>
        <Moment setting={shell} at={job.createdAt} />
      </Fact>
      <Fact name={t('col-started')}>
        <Moment setting={shell} at={job.startedAt} never={t('never')} />
      </Fact>
      <Fact name={t('col-heartbeat')}>
        <Moment setting={shell} at={model.heartbeatAt} />
      </Fact>
      <Fact name={t('col-next')}>
        <Moment setting={shell} at={job.nextAt} />
      </Fact>
      <Fact name={t('col-finished')}>
        <Moment setting={shell} at={job.finishedAt} />
      </Fact>
      <Fact name="ID" long={true}>
        <Code t={t} text={job.id} copy={true} />
      </Fact>
    </Facts>
  );
}

function Subject({ href, text }: { href: string | null; text: string }) {
  return href ? (
    <a href={href}>
      <Foreign text={text} />
    </a>
  ) : (
    <Foreign text={text} />
  );
}
