import { duration, number } from '../format.ts';
import { ActButton } from '../forms.tsx';
import { visible } from '../hidden-characters.ts';
import { Icon } from '../icons.tsx';
import { ListHead, ListRegion, Pager } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { NodeModel, Question, RunRow } from '../models/reconcile.ts';
import type { Shell } from '../models.ts';
import { Empty, Fact, Facts, may } from '../parts.tsx';
import { actions, confirmed, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Code, Foreign, Moment } from '../text.tsx';
import { COUNTS, Outcome, RunsTable } from './runs-table.tsx';

/** One node: how far it is from the database, what waits for an operator, and what every comparison came to. */
export function NodePage({ shell, model }: { shell: Shell; model: NodeModel }) {
  const { t } = shell;
  return (
    <Layout
      shell={shell}
      title={t('node-title')}
      heading={<Foreign text={model.id} />}
      parent={{ href: paths.nodes, name: t('nav-nodes') }}
      tools={may(shell, 'operator') && <NodeActions shell={shell} node={model.id} />}
    >
      {model.question && <Held shell={shell} node={model.id} question={model.question} />}
      <h2>{t('drift-now')}</h2>
      {model.last === null ? (
        <p class="empty-line">{t('reconcile-none')}</p>
      ) : (
        <Drift shell={shell} model={model} last={model.last} />
      )}
      <h2>{t('reconcile-runs')}</h2>
      <Runs shell={shell} model={model} />
    </Layout>
  );
}

function NodeActions({ shell, node }: { shell: Shell; node: string }) {
  return (
    <>
      <ActButton action={actions.previewNode(node)}>
        <Icon name="search" /> {shell.t('node-preview')}
      </ActButton>
      <ActButton action={actions.compareNode(node)}>
        <Icon name="again" /> {shell.t('node-compare')}
      </ActButton>
    </>
  );
}

function Drift({ shell, model, last }: { shell: Shell; model: NodeModel; last: RunRow }) {
  const { t, language } = shell;
  return (
    <Facts>
      <Fact name={t('col-outcome')}>
        <Outcome shell={shell} run={last} />
      </Fact>
      <Fact name={t('col-when')}>
        <Moment setting={shell} at={last.at} />
      </Fact>
      <Fact name={t('col-took')}>{duration(shell, last.durationMs)}</Fact>
      {COUNTS.filter((name) => name !== 'quarantined').map((name) => (
        <Fact name={t(`drift-${name}`)}>{number(language, last[name])}</Fact>
      ))}
      <Fact name={t('drift-quarantined')}>
        <a href={paths.strangers(model.id)}>{t('strangers-count', { count: model.strangers })}</a>
      </Fact>
    </Facts>
  );
}

interface HeldProps {
  readonly shell: Shell;
  readonly node: string;
  readonly question: Question;
}

/** What a comparison did not dare: the peers, the reason, and the two answers. */
function Held({ shell, node, question }: HeldProps) {
  const { t, language } = shell;
  const counts = { count: question.count, shown: number(language, question.count) };
  return (
    <section class="card" aria-labelledby="held-title">
      <h2 id="held-title">
        <Icon name="warn" tone={question.decision === null ? 'warn' : undefined} />{' '}
        {t(`held-title-${question.decision ?? 'open'}`, counts)}
      </h2>
      <p>
        {t('held-of', { ...counts, total: number(language, question.total) })}{' '}
        {sayOr(t, `held-${question.reason}`, visible(question.reason))}
      </p>
      {question.decision === null && (
        <p>
          <strong>{t('held-stays')}</strong>
        </p>
      )}
      <p class="muted">
        <Moment setting={shell} at={question.askedAt} />
        {question.decision !== null && <Answer shell={shell} question={question} />}
      </p>
      <HeldKeys shell={shell} question={question} />
      {may(shell, 'operator') && <Choices shell={shell} node={node} question={question} />}
    </section>
  );
}

/** The answer that changes nothing comes first. */
function Choices({ shell, node, question }: HeldProps) {
  const { t } = shell;
  if (question.decision === 'allow') return null;
  return (
    <ul class="choices">
      {question.decision === null && (
        <li>
          <a class="button" href={confirmed.refuseRemoval(node)}>
            {t('held-refuse')}
          </a>
          <span>{t('held-refuse-effect')}</span>
        </li>
      )}
      <li>
        <a class="button danger" href={confirmed.allowRemoval(node)}>
          {t('held-allow')}
        </a>
        <span>{t('held-allow-effect')}</span>
      </li>
    </ul>
  );
}

function Answer({ shell, question }: { shell: Shell; question: Question }) {
  return (
    <>
      {' · '}
      {shell.t(question.decision === 'allow' ? 'held-by-allow' : 'held-by-refuse')}{' '}
      <Foreign text={question.decidedBy ?? ''} /> <Moment setting={shell} at={question.decidedAt} />
    </>
  );
}

function HeldKeys({ shell, question }: { shell: Shell; question: Question }) {
  const { t } = shell;
  const more = question.count - question.keys.length;
  return (
    <ul class="plain-list">
      {question.keys.map((key) => (
        <li>
          <Code t={t} text={key} />
        </li>
      ))}
      {more > 0 && <li class="muted">{t('lines-more', { count: more })}</li>}
    </ul>
  );
}

function Runs({ shell, model }: { shell: Shell; model: NodeModel }) {
  const { rows } = model.runs;
  const path = paths.node(model.id);
  return (
    <ListRegion shell={shell}>
      <ListHead shell={shell} page={model.runs} filters={{}} />
      {rows.length === 0 ? (
        <Empty title={shell.t('reconcile-none')} />
      ) : (
        <RunsTable
          shell={shell}
          runs={rows}
          hrefs={rows.map((run) => paths.run(model.id, run.id))}
          dry={rows.map((run) => run.dryRun)}
        />
      )}
      <Pager shell={shell} path={path} filters={{}} page={model.runs} />
    </ListRegion>
  );
}
