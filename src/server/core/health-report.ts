/** What `adit doctor` and `adit status` found out, before anybody decides how it looks. */
export type CheckState = 'ok' | 'warn' | 'fail';

/** One thing the doctor looked at. */
export interface HealthCheck {
  /** A few words: `PostgreSQL`, `WireGuard tools`. */
  readonly name: string;
  readonly state: CheckState;
  /** What was tried, with the address or the command, and what came of it. No secrets. */
  readonly found: string;
  /** What a person should do now. Null when nothing is to be done. */
  readonly advice: string | null;
}

export interface DoctorReport {
  readonly takenAt: Date;
  readonly checks: readonly HealthCheck[];
}

/** One line of the status: a label and its value as text. */
export interface StatusLine {
  readonly label: string;
  readonly value: string;
  readonly state: CheckState;
}

export interface StatusSection {
  readonly title: string;
  readonly lines: readonly StatusLine[];
}

export interface StatusReport {
  readonly takenAt: Date;
  readonly sections: readonly StatusSection[];
}

/** `fail` when anything failed, else `warn` when anything wants a look, else `ok`. */
export function worstState(states: readonly CheckState[]): CheckState {
  if (states.includes('fail')) return 'fail';
  return states.includes('warn') ? 'warn' : 'ok';
}
