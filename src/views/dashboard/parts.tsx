import type { Child } from 'hono/jsx';
import { visible } from './hidden-characters.ts';
import { Icon, type IconName } from './icons.tsx';
import type { Health } from './models/overview.ts';
import type { Notice, Problem, Role, Setting, Shell, Translate } from './models.ts';

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, owner: 2 };

/** Whether the person may use what needs this role. Only for drawing: the server decides again. */
export function may(shell: Shell, role: Role): boolean {
  return shell.operator !== null && RANKS[shell.operator.role] >= RANKS[role];
}

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'busy';

/** A state as icon and word; colour only repeats it. */
export function State({ tone, icon, children }: { tone: Tone; icon: IconName; children: Child }) {
  return (
    <span class={`state tone-${tone}`}>
      <Icon name={icon} />
      <span>{children}</span>
    </span>
  );
}

export function HealthState({ t, health }: { t: Translate; health: Health }) {
  return (
    <State tone={health === 'unknown' ? 'plain' : health} icon={health}>
      {t(`health-${health}`)}
    </State>
  );
}

export interface PanelProps {
  readonly setting: Setting;
  /** The section's id is `panel-<id>`: the target of live frames. */
  readonly id: string;
  readonly title: string;
  /** Null: this panel cannot be well or ill. */
  readonly health: Health | null;
  readonly href?: string;
  readonly children?: Child;
}

/** One live region. What it is changed from and to is told by the page's script from `data-state` and `data-say`. */
export function Panel({ setting, id, title, health, href, children }: PanelProps) {
  const say = health && `${title}: ${setting.t(`health-${health}`)}`;
  return (
    <section
      class="panel"
      id={`panel-${id}`}
      aria-labelledby={`panel-${id}-title`}
      data-state={health ?? undefined}
      data-say={say ?? undefined}
    >
      <header class="panel-head">
        <h2 id={`panel-${id}-title`}>{href ? <a href={href}>{title}</a> : title}</h2>
        {health && <HealthState t={setting.t} health={health} />}
      </header>
      {children}
    </section>
  );
}

/** What stands in a panel whose numbers could not be read. */
export function NotRead({ t }: { t: Translate }) {
  return <p class="empty-line">{t('not-read')}</p>;
}

/** An empty place says what to do. */
export function Empty({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

export function NoticeBox({ notice }: { notice: Notice | null }) {
  if (!notice) return null;
  return (
    <p class={`notice tone-${notice.tone}`} id="notice" role="status">
      <Icon name={notice.tone} />
      <span>{visible(notice.text)}</span>
    </p>
  );
}

export function ProblemBox({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <p class="notice tone-bad" id="problem" role="alert">
      <Icon name="bad" />
      <span>{visible(problem.text)}</span>
    </p>
  );
}

/** Pairs of a word and its value. */
export function Facts({ children }: { children: Child }) {
  return <dl class="facts">{children}</dl>;
}

/** `long`: takes the room of two, for keys and ids. */
export function Fact({ name, long, children }: { name: string; long?: boolean; children: Child }) {
  return (
    <div class={long ? 'fact long' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
