import { clipped, visible } from '../hidden-characters.ts';
import { Icon, type IconName } from '../icons.tsx';
import { sayOr } from '../maybe-words.ts';
import type { EventRow } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { NotRead, Panel } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Moment } from '../text.tsx';

const ICONS: Readonly<Record<EventRow['tone'], IconName>> = {
  plain: 'live',
  good: 'good',
  warn: 'warn',
  bad: 'bad',
};

export function EventsSection({ setting, events }: { setting: Setting; events: readonly EventRow[] | null }) {
  const { t } = setting;
  return (
    <Panel
      setting={setting}
      id="events"
      title={t('panel-events')}
      health={events === null ? 'unknown' : null}
      href={paths.logs}
    >
      {events === null && <NotRead t={t} />}
      {events?.length === 0 && <p class="empty-line">{t('events-none')}</p>}
      {events !== null && events.length > 0 && (
        <ul class="lines events">
          {events.map((event) => (
            <li>
              <span class="event-text">
                <Icon name={ICONS[event.tone]} tone={event.tone} />
                {event.href ? (
                  <a href={event.href}>{eventText(setting, event)}</a>
                ) : (
                  <span>{eventText(setting, event)}</span>
                )}
              </span>
              <Moment setting={setting} at={event.at} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Of the audit, in its words. */
const actOf = (t: Setting['t'], action: string): string =>
  sayOr(t, `audit-${action}`, clipped(visible(action), 60));

function eventText({ t }: Setting, event: EventRow): string {
  const values = Object.fromEntries(
    Object.entries(event.values).map(([name, value]) => [
      name,
      typeof value !== 'string' ? value : name === 'action' ? actOf(t, value) : clipped(visible(value), 60),
    ]),
  );
  return sayOr(t, `event-${event.kind}`, visible(event.kind), values);
}
