import type { IconName } from './icons.tsx';
import type { JobRow, JobState } from './models/jobs.ts';
import type { AuditRow, LogLevel } from './models/machine.ts';
import type { CallRow } from './models/overview.ts';
import type { AccountState, PeerState } from './models/people.ts';
import type { Translate } from './models.ts';
import { State, type Tone } from './parts.tsx';

type Look = readonly [tone: Tone, icon: IconName];

const ACCOUNTS: Readonly<Record<AccountState, Look>> = {
  active: ['good', 'good'],
  expired: ['plain', 'wait'],
  limited: ['warn', 'wait'],
  paused: ['warn', 'pause'],
  none: ['plain', 'unknown'],
  blocked: ['bad', 'bad'],
};

export function AccountStateMark({ t, state }: { t: Translate; state: AccountState }) {
  const [tone, icon] = ACCOUNTS[state];
  return (
    <State tone={tone} icon={icon}>
      {t(`account-${state}`)}
    </State>
  );
}

const PEERS: Readonly<Record<PeerState, Look>> = {
  applied: ['good', 'good'],
  pending: ['busy', 'wait'],
  late: ['bad', 'warn'],
  removing: ['busy', 'wait'],
  paused: ['warn', 'pause'],
  gone: ['plain', 'cross'],
};

export function PeerStateMark({ t, state }: { t: Translate; state: PeerState }) {
  const [tone, icon] = PEERS[state];
  return (
    <State tone={tone} icon={icon}>
      {t(`peer-${state}`)}
    </State>
  );
}

const JOBS: Readonly<Record<JobState, Look>> = {
  waiting: ['plain', 'wait'],
  active: ['busy', 'run'],
  retry: ['warn', 'again'],
  dead: ['bad', 'bad'],
  done: ['good', 'good'],
  cancelled: ['plain', 'cross'],
};

/** A stuck job says so beside its state. */
export function JobStateMark({ t, job }: { t: Translate; job: Pick<JobRow, 'state' | 'stuck'> }) {
  const [tone, icon]: Look = job.stuck ? ['warn', 'warn'] : JOBS[job.state];
  const word = t(`job-${job.state}`);
  return (
    <State tone={tone} icon={icon}>
      {job.stuck ? `${word}, ${t('job-stuck')}` : word}
    </State>
  );
}

const BREAKERS: Readonly<Record<CallRow['breaker'], Look>> = {
  closed: ['good', 'good'],
  'half-open': ['warn', 'again'],
  open: ['bad', 'bad'],
};

export function BreakerMark({ t, state }: { t: Translate; state: CallRow['breaker'] }) {
  const [tone, icon] = BREAKERS[state];
  return (
    <State tone={tone} icon={icon}>
      {t(`breaker-${state}`)}
    </State>
  );
}

const OUTCOMES: Readonly<Record<AuditRow['outcome'], Look>> = {
  done: ['good', 'good'],
  refused: ['warn', 'warn'],
  failed: ['bad', 'bad'],
};

export function OutcomeMark({ t, outcome }: { t: Translate; outcome: AuditRow['outcome'] }) {
  const [tone, icon] = OUTCOMES[outcome];
  return (
    <State tone={tone} icon={icon}>
      {t(`outcome-${outcome}`)}
    </State>
  );
}

const LEVELS: Readonly<Record<LogLevel, Look>> = {
  debug: ['plain', 'unknown'],
  info: ['plain', 'logs'],
  warn: ['warn', 'warn'],
  error: ['bad', 'bad'],
  fatal: ['bad', 'bad'],
};

/** Levels keep their own names: that is how the log says them. */
export function LevelMark({ level }: { level: LogLevel }) {
  const [tone, icon] = LEVELS[level];
  return (
    <State tone={tone} icon={icon}>
      {level}
    </State>
  );
}
