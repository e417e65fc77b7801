import { bytes, number } from '../format.ts';
import type { NodeRow, NodesModel } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Empty, Fact, Facts, HealthState } from '../parts.tsx';
import { paths, withQuery } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Code, Foreign, Moment, ProtocolName } from '../text.tsx';
import { RunsTable } from './runs-table.tsx';

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
          <a href={paths.node(node.id)}>
            <Foreign text={node.id} />
          </a>
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
      <p>
        <a href={paths.node(node.id)}>{t('node-open')}</a>
      </p>
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
        {node.sentBytes === null && node.receivedBytes === null
          ? '–'
          : t('traffic-both', { down: bytes(shell, node.sentBytes), up: bytes(shell, node.receivedBytes) })}
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
      <Fact name={t(node.protocol === 'vless' ? 'backend-vless' : 'backend')}>
        {node.backend ? <Foreign text={node.backend} /> : '–'}
      </Fact>
      <Fact name={t('lease')}>{node.holdsLease ? t('lease-held') : t('lease-away')}</Fact>
    </Facts>
  );
}
