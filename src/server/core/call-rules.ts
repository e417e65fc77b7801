import { AppError } from './errors.ts';

/**
 * Every call to the outside has a name and a rule. A door refuses a name without one, so no call can be made that has no
 * deadline, no breaker and no metric (B3). docs/deadlines.md is made from these rules.
 */
export interface CallRule {
  /** Label of its metrics and its breaker. */
  readonly name: string;
  readonly door: Door;
  /** What is asked, and of whom, in a few words. */
  readonly asks: string;
  /** For the whole call: connecting, headers and body, all tries and the pauses between them. */
  readonly deadline: Deadline;
  /** Once the headers of an answer are there, its body may take this long at most. Absent: as long as is left. */
  readonly bodyWithinMs?: number;
  /** After the first try, with pauses of random length. 0 where repeating is not safe, or a job repeats it anyway. */
  readonly retries: number;
}

/** `http` and `process` have a breaker a name. `grpc` shares one a name as well; `database` and `file` have none. */
export type Door = 'http' | 'process' | 'grpc' | 'database' | 'file';

/** Milliseconds, or what an operator has set, and a little more where the other side should be the one to give up. */
export type Deadline = number | { readonly setting: DeadlineSetting; readonly plusMs: number };

export type DeadlineSetting =
  | 'WG_COMMAND_TIMEOUT_MS'
  | 'XRAY_API_TIMEOUT_MS'
  | 'DB_ACQUIRE_TIMEOUT_MS'
  | 'PG_STATEMENT_TIMEOUT_MS';

/** What a door asks before a call leaves. */
export interface CallBook {
  /** Throws AppError `internal` for a name without a rule: a defect of ours. */
  deadlineMs(name: string, door: Door): number;
}

export function createCallBook(
  rules: readonly CallRule[],
  settings: Readonly<Record<DeadlineSetting, number>>,
): CallBook {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  return {
    deadlineMs(name, door) {
      const rule = byName.get(name);
      if (rule?.door === door) return inMs(rule.deadline, settings);
      throw new AppError('internal', `No rule allows the call ${name} by ${door}.`, { details: { name } });
    },
  };
}

const inMs = (deadline: Deadline, settings: Readonly<Record<DeadlineSetting, number>>): number =>
  typeof deadline === 'number' ? deadline : settings[deadline.setting] + deadline.plusMs;

export const hasBreaker = ({ door }: CallRule): boolean => door !== 'database' && door !== 'file';
