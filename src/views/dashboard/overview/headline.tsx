import type { Child } from 'hono/jsx';
import { duration, number } from '../format.ts';
import type { Headline } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { paths } from '../paths.ts';

/** Five numbers one learns to read from the corner of the eye. */
export function HeadlinePanel({ setting, headline }: { setting: Setting; headline: Headline }) {
  const { t, language } = setting;
  const say = (value: number | null) => number(language, value);
  return (
    <section id="panel-headline" class="headline" aria-label={t('headline')}>
      <Figure href={paths.peers} name={t('headline-peers')} value={say(headline.peersApplied)}>
        {t('headline-of', { total: say(headline.peersWanted) })}
      </Figure>
      <Figure
        href={paths.jobs}
        name={t('headline-jobs')}
        value={say(headline.jobsWaiting)}
        tone={headline.jobsStuck ? 'bad' : undefined}
      >
        {stuckWords(setting, headline.jobsStuck)}
      </Figure>
      <Figure href={paths.pools} name={t('headline-addresses')} value={say(headline.addressesFree)}>
        {t('headline-of', { total: say(headline.addressesTotal) })}
      </Figure>
      <Figure
        href={paths.history('loop')}
        name={t('headline-loop')}
        value={duration(setting, headline.loopP99Ms)}
      >
        p99
      </Figure>
      <Figure href={paths.history('bot')} name={t('headline-updates')} value={say(headline.updatesPerMinute)}>
        {t('per-minute')}
      </Figure>
    </section>
  );
}

function stuckWords({ t }: Setting, count: number | null): string {
  if (count === null) return '–';
  return count > 0 ? t('headline-stuck', { count }) : t('headline-none-stuck');
}

function Figure(props: { href: string; name: string; value: string; tone?: 'bad'; children: Child }) {
  return (
    <a class="figure" href={props.href}>
      <span class="figure-name">{props.name}</span>
      <span class="figure-value">{props.value}</span>
      <span class={props.tone ? `figure-more tone-${props.tone}` : 'figure-more'}>{props.children}</span>
    </a>
  );
}
