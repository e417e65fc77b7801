import type { DeviceId, IssueId } from '../../core/ids.ts';
import type { Desk, Visit } from '../../core/ports/desk.ts';
import type { Language } from '../../core/ports/words.ts';
import type { Asking } from './incoming.ts';
import type { Page, Screen } from './page.ts';

/** One question of one user, with all that is needed to answer it. */
export interface Turn {
  readonly incoming: Asking;
  readonly visit: Visit;
  readonly desk: Desk;
  /** Remembers the language for this user's next turns. */
  page(language: Language): Page;
  /** Only draws; remembers nothing. */
  pageIn(language: Language): Page;
  /** For answers that need nothing else from the database. */
  knownPage(): Promise<Page>;
  readonly renames: Renames;
}

/** Who was asked for a new name, and for which device. Forgotten after ten minutes, and by a restart. */
export interface Renames {
  expect(device: DeviceId): void;
  expected(): DeviceId | null;
  forget(): void;
}

export interface Reply {
  /** Replaces the message the button is under, or is sent. Null: the toast says it all. */
  readonly screen: Screen | null;
  /** The pop-up over a pressed button. Plain text, at most 200 characters. */
  readonly toast?: string;
  /** The screen comes as a new message under a QR that says this. A secret like the screen itself. */
  readonly qr?: string;
  /** Shows the screen as a question that opens the keyboard, with this placeholder. */
  readonly placeholder?: string;
  /** The screen is this issue's "preparing" message: the delivery will edit it. */
  readonly issue?: IssueId;
  /** The desk has settled the update in its own transaction. */
  readonly settled: boolean;
}

/** Null: the update was handled before, say nothing. */
export type Answer = Reply | null;
