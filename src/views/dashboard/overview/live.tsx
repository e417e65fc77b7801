import { AttentionBadge } from '../menu.tsx';
import type { Overview } from '../models/overview.ts';
import type { Setting } from '../models.ts';
import { AttentionPanel } from './attention.tsx';
import { BotSection } from './bot.tsx';
import { CallsSection } from './calls.tsx';
import { DatabaseSection } from './database.tsx';
import { EventsSection } from './events.tsx';
import { HeadlinePanel } from './headline.tsx';
import { JobsSection } from './jobs.tsx';
import { LoopSection } from './loop.tsx';
import { marksOf } from './marks.ts';
import { PoolsSection } from './pools.tsx';

/** The panels a stream may ask for. `badge` is on every page. */
export const PANEL_NAMES = [
  'badge',
  'attention',
  'headline',
  'database',
  'pools',
  'loop',
  'jobs',
  'calls',
  'bot',
  'events',
] as const;

export type PanelName = (typeof PANEL_NAMES)[number];

/** One panel, drawn for everybody. */
export function PanelOf({ name, setting, data }: { name: PanelName; setting: Setting; data: Overview }) {
  switch (name) {
    case 'badge':
      return <AttentionBadge setting={setting} count={data.attention.length} marks={marksOf(data)} />;
    case 'attention':
      return <AttentionPanel setting={setting} items={data.attention} />;
    case 'headline':
      return <HeadlinePanel setting={setting} headline={data.headline} />;
    case 'database':
      return <DatabaseSection setting={setting} database={data.database} />;
    case 'pools':
      return <PoolsSection setting={setting} pools={data.pools} />;
    case 'jobs':
      return <JobsSection setting={setting} jobs={data.jobs} />;
    case 'loop':
      return <LoopSection setting={setting} loop={data.loop} />;
    case 'calls':
      return <CallsSection setting={setting} calls={data.calls} />;
    case 'bot':
      return <BotSection setting={setting} bot={data.bot} />;
    case 'events':
      return <EventsSection setting={setting} events={data.events} />;
  }
}

/** The element a panel replaces in place. */
export const targetOf = (name: PanelName): string => (name === 'badge' ? '#badge' : `#panel-${name}`);

/**
 * One panel as it stands in a frame of the stream: a full snapshot, morphed in place. It holds nothing of one
 * person's, so one text serves all viewers of a language. No line ends inside: it fits in one `data:` line.
 */
export function panelFrame(name: PanelName, setting: Setting, data: Overview): string {
  const frame = (
    <hx-partial hx-target={targetOf(name)} hx-swap="outerMorph">
      <PanelOf name={name} setting={setting} data={data} />
    </hx-partial>
  );
  return String(frame).replaceAll('\n', '&#10;');
}
