import { duration, number } from '../format.ts';
import { clipped, visible } from '../hidden-characters.ts';
import { Icon } from '../icons.tsx';
import type { Attention } from '../models/attention.ts';
import type { Setting, Translate } from '../models.ts';
import { paths, withQuery } from '../paths.ts';

/** The first thing on the page: what is wrong, worst first, each line a link to where it can be seen. */
export function AttentionPanel({ setting, items }: { setting: Setting; items: readonly Attention[] }) {
  const { t } = setting;
  if (items.length === 0) return <AllWell t={t} />;
  const sorted = [...items].sort((a, b) => rank(a) - rank(b));
  const bad = items.filter(({ severity }) => severity === 'bad').length;
  const worst = bad > 0 ? 'bad' : 'warn';
  return (
    <section
      id="panel-attention"
      class={`attention ${worst}`}
      aria-labelledby="attention-title"
      data-state="bad"
      data-say={t('attention-title')}
    >
      <header class="attention-head">
        <Icon name={worst} />
        <h2 id="attention-title">{t('attention-title')}</h2>
        <span class="attention-counts">{countsOf(setting, bad, items.length - bad)}</span>
      </header>
      <ul>
        {sorted.map((item) => (
          <AttentionLine setting={setting} item={item} />
        ))}
      </ul>
    </section>
  );
}

function AllWell({ t }: { t: Translate }) {
  return (
    <section
      id="panel-attention"
      class="attention calm"
      aria-labelledby="attention-title"
      data-state="good"
      data-say={t('all-well')}
    >
      <h2 id="attention-title" class="unseen">
        {t('attention-title')}
      </h2>
      <p class="all-well">
        <Icon name="good" tone="good" />
        <strong>{t('all-well')}</strong>
        <span class="muted">{t('all-well-more')}</span>
      </p>
    </section>
  );
}

/** `2 troubles, 1 warning`: how bad it is, before any line is read. */
function countsOf({ t }: Setting, bad: number, warn: number): string {
  return [bad > 0 && t('attention-bad', { count: bad }), warn > 0 && t('attention-warn', { count: warn })]
    .filter(Boolean)
    .join(', ');
}

function AttentionLine({ setting, item }: { setting: Setting; item: Attention }) {
  const { t } = setting;
  const text = t(`attention-${item.kind}`, wordsOf(setting, item));
  return (
    <li id={`attention-${item.kind}-${partOf(item)}`} data-say={text}>
      <a href={hrefOf(item)}>
        <Icon name={item.severity} tone={item.severity} />
        <span class="unseen">{t(`severity-${item.severity}`)}: </span>
        <span class="attention-text">{text}</span>
        <span class="attention-do">
          {t(`attention-${item.kind}-do`)}
          <Icon name="right" />
        </span>
      </a>
    </li>
  );
}

const rank = (item: Attention): number => (item.severity === 'bad' ? 0 : 1);

/** Tells two lines of one kind apart. */
function partOf(item: Attention): string {
  if ('poolId' in item) return String(item.poolId);
  if ('node' in item) return encodeURIComponent(item.node);
  if ('call' in item) return encodeURIComponent(item.call);
  return 'name' in item ? encodeURIComponent(item.name) : 'all';
}

/** Every value as text a person can read. Counts stay numbers: words decline by them. */
function wordsOf(setting: Setting, item: Attention): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name !== 'kind' && name !== 'severity') values[name] = wordOf(setting, name, value);
  }
  if (item.kind === 'pool-low') {
    values.days = item.daysLeft === null ? -1 : Math.floor(item.daysLeft);
    values.share = number(setting.language, (item.free / Math.max(1, item.total)) * 100, 1);
  }
  return values;
}

function wordOf(setting: Setting, name: string, value: string | number | null): string | number {
  if (typeof value === 'string') return clipped(visible(value), 60);
  if (value === null) return 'never';
  return name.endsWith('Ms') ? duration(setting, value) : value;
}

function hrefOf(item: Attention): string {
  switch (item.kind) {
    case 'database-away':
    case 'database-waiting':
      return paths.history('database');
    case 'jobs-stuck':
      return withQuery(paths.jobs, { state: 'stuck' });
    case 'jobs-dead':
      return withQuery(paths.jobs, { state: 'dead' });
    case 'peers-late':
      return withQuery(paths.peers, { state: 'late' });
    case 'pool-low':
      return paths.pools;
    case 'breaker-open':
      return paths.history('calls');
    case 'loop-lag':
      return paths.history('loop');
    case 'reconcile-overdue':
    case 'reconcile-refused':
      return paths.node(item.node);
    case 'node-not-held':
      return paths.nodes;
    case 'bot-failing':
    case 'bot-away':
    case 'bot-unauthorized':
    case 'bot-conflict':
      return withQuery(paths.logs, { level: 'warn', q: 'bot' });
    case 'no-second-factor':
      return paths.sessions;
    case 'loop-silent':
      return withQuery(paths.logs, { q: item.name });
    default:
      return assertNever(item);
  }
}

function assertNever(item: never): string {
  throw new Error(`no page for ${JSON.stringify(item)}`);
}
