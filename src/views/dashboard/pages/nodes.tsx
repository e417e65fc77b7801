import { bytes, duration, number } from '../format.ts';
import { visible } from '../hidden-characters.ts';
import type { IconName } from '../icons.tsx';
import { Th } from '../lists.tsx';
import { sayOr } from '../maybe-words.ts';
import type { NodeRow, NodesModel, ReconcileRow } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Empty, Fact, Facts, HealthState, State, type Tone } from '../parts.tsx';
import { paths, withQuery } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Code, Foreign, Moment, ProtocolName } from '../text.tsx';

export function NodesPage({ shell, model }: { shell: Shell; model: NodesModel }) {
  const { t } = shell;
  return (
    <Layout shell={shell} title={t('nav-nodes')}>
      {model.nodes.length === 0 && <Empty title={t('nodes-empty')}>{t('nodes-empty-do')}</Empty>}
      {model.nodes.map((node) => (
        <NodeCard shell={shell} node={node} />
      ))}
    </Layout>
  );
}

function NodeCard({ shell, node }: { shell: Shell; node: NodeRow }) {
  const { t } = shell;
  return (
    <section class="card" aria-labelledby={`node-${encodeURIComponent(node.id)}`}>
      <header class="panel-head">
        <h2 id={`node-${encodeURIComponent(node.id)}`}>
          <Foreign text={node.id} />
        </h2>
        <HealthState t={t} health={node.health} />
      </header>
      <NodeFacts shell={shell} node={node} />
      <h3>{t('reconcile-runs')}</h3>
      {node.runs.length === 0 ? (
        <p class="empty-line">{t('reconcile-none')}</p>
      ) : (
        <RunsTable shell={shell} runs={node.runs} />
      )}
    </section>
  );
}

function NodeFacts({ shell, node }: { shell: Shell; node: NodeRow }) {
  const { t, language } = shell;
  return (
    <Facts>
      <Fact name={t('peers-applied')}>
        <a href={withQuery(paths.peers, { node: node.id })}>
          {t('of-wanted', {
            applied: number(language, node.peersApplied),
            wanted: number(language, node.peersWanted),
          })}
        </a>
      </Fact>
      <Fact name={t('peers-active')}>{number(language, node.peersActive)}</Fact>
      <Fact name={t('traffic')}>
        {t('traffic-both', { down: bytes(shell, node.sentBytes), up: bytes(shell, node.receivedBytes) })}
      </Fact>
      <Fact name={t('reconcile-last')}>
        <Moment setting={shell} at={node.lastSuccessAt} never={t('never')} />
      </Fact>
      <Fact name={t('endpoint')} long={true}>
        <Code t={t} text={node.endpoint} copy={true} />
      </Fact>
      <Fact name={t('protocol')}>
        <ProtocolName name={node.protocol} />
      </Fact>
      {node.publicKey && (
        <Fact name={t('public-key')} long={true}>
          <Code t={t} text={node.publicKey} copy={true} />
        </Fact>
      )}
      <Fact name={t('backend')}>{node.backend ? <Foreign text={node.backend} /> : '–'}</Fact>
      <Fact name={t('lease')}>{node.holdsLease ? t('lease-held') : t('lease-away')}</Fact>
    </Facts>
  );
}

/** What the database keeps of a comparison; anything newer is shown by its own name. */
const OUTCOMES: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  equal: { tone: 'plain', icon: 'good' },
  mended: { tone: 'good', icon: 'good' },
  refused: { tone: 'warn', icon: 'warn' },
  failed: { tone: 'bad', icon: 'bad' },
};
const UNTOLD = { tone: 'plain', icon: 'unknown' } as const;

const COUNTS = ['added', 'removed', 'changed', 'quarantined', 'refused'] as const;

/** On a page of middle width the outcome says enough of the others. */
const roomOf = (name: (typeof COUNTS)[number]) => (name === 'refused' ? '' : ' hide-mid');

function RunsTable({ shell, runs }: { shell: Shell; runs: readonly ReconcileRow[] }) {
  const { t } = shell;
  return (
    <table class="table plain">
      <caption class="unseen">{t('reconcile-runs')}</caption>
      <thead>
        <tr>
          <Th class="w-time" text={t('col-when')} />
          <Th text={t('col-outcome')} />
          <Th class="w-num number hide-s" text={t('col-took')} />
          {COUNTS.map((name) => (
            <Th class={`w-num number${roomOf(name)}`} text={t(`drift-${name}`)} />
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunLine shell={shell} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function RunLine({ shell, run }: { shell: Shell; run: ReconcileRow }) {
  const { t } = shell;
  return (
    <tr>
      <td>
        <Moment setting={shell} at={run.at} />
      </td>
      <td class="lead">
        <State {...(OUTCOMES[run.outcome] ?? UNTOLD)}>
          {sayOr(t, `reconcile-${run.outcome}`, visible(run.outcome))}
        </State>{' '}
        {run.error && (
          <span class="tone-bad">
            <Foreign text={run.error} />
          </span>
        )}
      </td>
      <td class="number hide-s">{duration(shell, run.durationMs)}</td>
      {COUNTS.map((name) => (
        <td
          class={`number${roomOf(name)}${run[name] === 0 ? ' zero none' : ''}`}
          data-label={t(`drift-${name}`)}
        >
          {number(shell.language, run[name])}
        </td>
      ))}
    </tr>
  );
}
