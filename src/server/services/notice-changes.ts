import type { Freeze, Vitals, VitalsEvent } from '../core/ports/vitals.ts';

/** What is compared from one picture to the next. */
export type Noticed = Pick<Vitals, 'at' | 'database' | 'loop' | 'calls' | 'bot' | 'nodes'>;

/**
 * Events this process sees by itself: what differs between two pictures. They need no database, so that the page tells
 * of an outage while it lasts. The first picture is compared with nothing, and tells only how the life before this one was ended.
 */
export function noticeChanges(before: Noticed | null, now: Noticed): readonly VitalsEvent[] {
  if (before === null) return endedProcess(now);
  return [
    ...databaseEvents(before, now),
    ...nodeEvents(before, now),
    ...botEvents(before, now),
    ...breakerEvents(before, now),
    ...freezeEvents(before, now),
  ];
}

type Tone = VitalsEvent['tone'];

const event = (
  now: Noticed,
  tone: Tone,
  kind: VitalsEvent['kind'],
  values: VitalsEvent['values'] = {},
): VitalsEvent => ({ at: now.at, tone, kind, values, about: null });

function databaseEvents(before: Noticed, now: Noticed): VitalsEvent[] {
  if (before.database.reachable === now.database.reachable) return [];
  if (now.database.reachable) return [event(now, 'good', 'database-back')];
  return [event(now, 'bad', 'database-away', { problem: now.database.problem ?? '' })];
}

function nodeEvents(before: Noticed, now: Noticed): VitalsEvent[] {
  // One lease covers them all: the first stands for it.
  const node = now.nodes[0];
  if (!node || before.nodes[0]?.held === node.held) return [];
  const about = { kind: 'node', id: node.id } as const;
  const told = node.held
    ? event(now, 'plain', 'node-taken', { node: node.id })
    : event(now, 'bad', 'node-lost', { node: node.id });
  return [{ ...told, about }];
}

const TROUBLE: ReadonlySet<string> = new Set(['unauthorized', 'conflict', 'unreachable']);

function botEvents(before: Noticed, now: Noticed): VitalsEvent[] {
  if (before.bot.state === now.bot.state) return [];
  if (TROUBLE.has(now.bot.state)) return [event(now, 'bad', 'bot-trouble', { state: now.bot.state })];
  return TROUBLE.has(before.bot.state) && now.bot.state === 'running' ? [event(now, 'good', 'bot-back')] : [];
}

function breakerEvents(before: Noticed, now: Noticed): VitalsEvent[] {
  const refusing = new Set(
    before.calls.filter(({ breaker }) => breaker !== 'closed').map(({ name }) => name),
  );
  return now.calls.flatMap(({ name, breaker }) => {
    if (breaker === 'open' && !refusing.has(name))
      return [event(now, 'bad', 'breaker-opened', { call: name })];
    if (breaker === 'closed' && refusing.has(name))
      return [event(now, 'good', 'breaker-closed', { call: name })];
    return [];
  });
}

const mostLikely = ({ running }: Freeze) => running[0]?.what ?? '?';

function endedProcess(now: Noticed): VitalsEvent[] {
  // A start is busy: the loop may have stood again since.
  const freeze = now.loop.freezes.find(({ end }) => end !== 'went-on');
  if (freeze === undefined) return [];
  const values = { ms: Math.round(freeze.ms), running: mostLikely(freeze) };
  return [{ ...event(now, 'bad', 'freeze-ended-process', values), at: freeze.at }];
}

function freezeEvents(before: Noticed, now: Noticed): VitalsEvent[] {
  const last = before.loop.freezes[0]?.at ?? 0;
  return now.loop.freezes
    .filter(({ at }) => at > last)
    .map((freeze) => {
      const values = { ms: Math.round(freeze.ms), running: mostLikely(freeze) };
      return { ...event(now, 'warn', 'freeze', values), at: freeze.at };
    });
}
