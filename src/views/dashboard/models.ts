/**
 * What the dashboard's pages are drawn from. Moments are epoch milliseconds, durations end in `Ms`, sizes are bytes;
 * the views make words of them. Text is given as it is stored: the views escape it and show what hides in it.
 */

export type Language = 'en' | 'ru';
export type Theme = 'system' | 'light' | 'dark';
export type Role = 'viewer' | 'operator' | 'owner';

/** A text in the reader's language; keys stand in `src/views/words/dashboard.{en,ru}.ftl`. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** What a panel needs to be drawn for all viewers of one language at once: nothing of one person's. */
export interface Setting {
  readonly language: Language;
  readonly t: Translate;
  readonly now: number;
}

/** What surrounds every page of one signed-in person. */
export interface Shell extends Setting {
  /** Null before login. */
  readonly operator: { readonly name: string; readonly role: Role } | null;
  /** Goes into the `csrf` field of every form. */
  readonly csrf: string;
  readonly theme: Theme;
  /** Path with query string: marks the place in the menu, and is where `back` fields lead. */
  readonly path: string;
  /** Length of the "needs attention" list; null when nobody knows (database away, not signed in). */
  readonly attention: number | null;
  /** What the last action came to, shown once. */
  readonly notice: Notice | null;
  /** The stream of this page's panels (`/live?panels=…`); null: the page does not move by itself. */
  readonly live: string | null;
  readonly version: string;
}

export interface Notice {
  readonly tone: 'good' | 'warn' | 'bad';
  /** Already in the reader's language. */
  readonly text: string;
}

/** One page of a keyset list. `next` and `prev` are cursors for `?after=` and `?before=`; null: no such page. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly prev: string | null;
  /** Rows in all that match; null when counting would cost too much. */
  readonly total: number | null;
}

/** The filters as they stand in the address bar (without cursors); names are those of the form's fields. */
export type Filters = Readonly<Record<string, string>>;

/** Why a form was not accepted, in the reader's language. `field` names the input, null: the whole form. */
export interface Problem {
  readonly field: string | null;
  readonly text: string;
}

/** What a form held when it was refused, so that nobody types twice. */
export interface FormState {
  readonly values: Readonly<Record<string, string>>;
  readonly problem: Problem | null;
}

// ── way in ───────────────────────────────────────────────────────────────────────────────────────────────

export interface LoginModel {
  readonly form: FormState;
  /** Seconds to wait after too many tries; null: try at once. */
  readonly waitSeconds: number | null;
  /** A path of ours to go to after login. */
  readonly next: string;
}

export interface SetupModel {
  readonly form: FormState;
  /** The one-time secret of the link, sent back by the form. Empty: this link is used, over or wrong. */
  readonly token: string;
  /** `first` makes the owner of a new installation; `invited` is for a name made by `adit admin create`. */
  readonly kind: 'first' | 'invited';
  readonly name: string | null;
}

export interface TotpModel {
  readonly form: FormState;
  readonly next: string;
  readonly waitSeconds: number | null;
}

/** Second factor being set up: the matrix of its QR code (true is dark) and the key to type by hand. */
export interface TotpSetupModel {
  readonly form: FormState;
  readonly qr: readonly (readonly boolean[])[];
  readonly key: string;
  /** It may be left for later. */
  readonly optional: boolean;
}

export interface SessionRow {
  readonly id: string;
  readonly operator: string;
  readonly current: boolean;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly address: string;
  readonly agent: string;
}

export interface SessionsModel {
  readonly rows: readonly SessionRow[];
  readonly totp: boolean;
}

// ── errors and confirmations ─────────────────────────────────────────────────────────────────────────────

export interface ErrorModel {
  readonly kind: 'not-found' | 'forbidden' | 'refused' | 'too-many' | 'failed' | 'database-away';
  /** Under this id the failure stands in the log. */
  readonly incident: string | null;
  /** A sentence for people, in the reader's language; null: the standard one. */
  readonly text: string | null;
}

export type ConfirmKind =
  | 'peer-revoke'
  | 'peer-reissue'
  | 'job-cancel'
  | 'job-discard'
  | 'jobs-retry'
  | 'jobs-cancel'
  | 'jobs-discard'
  | 'account-pause'
  | 'account-resume'
  | 'operator-remove'
  | 'sessions-end'
  | 'stranger-remove'
  | 'removal-allow'
  | 'removal-refuse';

export interface ConfirmModel {
  readonly kind: ConfirmKind;
  /** What it is done to: a device, a job id, a filter in words. */
  readonly subject: string;
  /** How many things it touches. */
  readonly count: number;
  /** Where the form is posted to. */
  readonly action: string;
  /** Hidden fields sent along. */
  readonly fields: Readonly<Record<string, string>>;
  /** Has to be typed into the field `typed`; null: a press is enough. */
  readonly typed: string | null;
  readonly back: string;
  readonly problem: Problem | null;
}
