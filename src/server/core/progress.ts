import type { LoopRecord } from './loop-record.ts';

/** For a loop that must not hang: how long it may be between two ends of a turn, in milliseconds, by its name. */
export type TurnLimits = Readonly<Record<string, number>>;

/**
 * Which of these loops hang. A turn that failed has ended, and is progress: a database that is away is answered with
 * "away". A loop that has not ended a turn yet is given its limit from `startedMs` ago.
 */
export function hangingLoops(
  records: readonly LoopRecord[],
  limits: TurnLimits,
  startedMs: number,
): readonly string[] {
  return Object.entries(limits).flatMap(([name, limitMs]) => {
    const age = records.find((record) => record.name === name)?.lastTurnAgeMs ?? startedMs;
    return age > limitMs ? [name] : [];
  });
}
