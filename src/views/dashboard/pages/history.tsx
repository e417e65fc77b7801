import { raw } from 'hono/html';
import { Tabs } from '../lists.tsx';
import { LoopList } from '../loops.tsx';
import type { HistoryModel, HistoryName, HistorySpan, LoopRow } from '../models/overview.ts';
import type { Shell } from '../models.ts';
import { HistoryLine } from '../overview/numbers.tsx';
import { Empty } from '../parts.tsx';
import { paths, withQuery } from '../paths.ts';
import { Layout } from '../shell.tsx';

const SPANS: readonly HistorySpan[] = ['5m', '1h', '24h'];
const MILLISECONDS: readonly HistoryName[] = ['loop', 'calls'];

/** A long series. The script draws it with uPlot; without the script the server's own lines stand there. */
export function HistoryPage({ shell, model }: { shell: Shell; model: HistoryModel }) {
  const { t } = shell;
  const step = model.at.length > 1 ? (model.at.at(-1)! - model.at[0]!) / (model.at.length - 1) : 1_000;
  return (
    <Layout
      shell={shell}
      title={t(`panel-${model.series}`)}
      parent={{ href: paths.overview, name: t('nav-overview') }}
      scripts={['history.js']}
      styles={['uplot.css']}
    >
      <Tabs
        label={t('span')}
        tabs={SPANS.map((span) => ({
          href: withQuery(paths.history(model.series), { span }),
          text: t(`span-${span}`),
          count: null,
          current: span === model.span,
          alarming: false,
        }))}
      />
      {model.at.length < 2 ? (
        <Empty title={t('history-none')}>{t('history-none-do')}</Empty>
      ) : (
        <section class="card chart" id="chart" aria-label={t(`panel-${model.series}`)}>
          {model.lines.map((line) => (
            <HistoryLine
              setting={shell}
              name={lineName(shell, line.name)}
              series={{ values: line.values, stepMs: step }}
            />
          ))}
          <ChartData shell={shell} model={model} />
        </section>
      )}
      {model.loops !== null && <AllLoops shell={shell} loops={model.loops} />}
    </Layout>
  );
}

function AllLoops({ shell, loops }: { shell: Shell; loops: readonly LoopRow[] }) {
  const title = shell.t('loops');
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <LoopList setting={shell} loops={loops} />
    </section>
  );
}

/** A block of data, which no policy against inline scripts concerns: it is never run. */
function ChartData({ shell, model }: { shell: Shell; model: HistoryModel }) {
  const { t } = shell;
  const data = {
    unit: MILLISECONDS.includes(model.series) ? 'ms' : '',
    time: t('col-when'),
    at: model.at.map((at) => Math.round(at / 1000)),
    lines: model.lines.map((line) => ({ name: lineName(shell, line.name), values: line.values })),
  };
  const text = JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028');
  return (
    <script type="application/json" id="chart-data">
      {raw(text)}
    </script>
  );
}

function lineName({ t }: Shell, name: string): string {
  const known: Readonly<Record<string, string>> = {
    inUse: 'pool-in-use',
    waiting: 'pool-waiting',
    jobsWaiting: 'job-waiting',
    active: 'job-active',
    dead: 'job-dead',
    done: 'done-per-minute',
    max: 'max',
    updates: 'bot-updates',
    failures: 'col-failures',
    leased: 'address-leased',
    free: 'address-free',
    rate: 'per-minute',
  };
  const key = known[name];
  return key ? t(key) : name;
}
