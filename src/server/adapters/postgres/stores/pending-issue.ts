import { sql } from 'drizzle-orm';
import { accountId, chatId, deviceId, issueId } from '../../../core/ids.ts';
import type { PendingIssue } from '../../../core/ports/store.ts';
import type { Language } from '../../../core/ports/words.ts';

/** Columns of {@link ISSUE_COLUMNS}. */
export interface IssueRow extends Record<string, unknown> {
  readonly wanted: boolean;
  readonly issue: string | null;
  readonly account: string;
  readonly chat: string;
  readonly language: Language;
  readonly device: string;
  readonly device_name: string;
  readonly until: string | null;
  readonly living: string | null;
  readonly document: string | null;
}

/** Of the newest config or link of peer `p` that has not reached its user, with {@link ISSUE_TABLES}. */
export const ISSUE_COLUMNS = sql`
  i.id as issue, d.account_id::text as account, a.chat_id::text as chat,
  coalesce(a.language, a.language_hint) as language, d.id as device, d.name as device_name,
  (select (extract(epoch from max(s.ends_at)) * 1000)::bigint::text from adit.subscriptions s
    where s.account_id = a.id) as until,
  i.living_message_id::text as living, i.document_message_id::text as document`;

/**
 * Which promise is the newest is told by what it superseded: its time may be the older one, when the clock was set back in
 * between. Indexes: issues_pending, subscriptions_account.
 */
export const ISSUE_TABLES = sql`
  join adit.devices d on d.id = p.device_id
  join adit.accounts a on a.id = d.account_id
  left join lateral (
    select * from adit.issues i
     where i.peer_id = p.id and i.delivered_at is null and i.superseded_at is null
     order by i.created_at desc, i.id desc limit 1
  ) i on true`;

/** Null when nothing is due: what is not wanted any more would never connect. */
export const pendingIssueOf = (row: IssueRow): PendingIssue | null =>
  row.wanted && row.issue !== null ? toIssue(row, row.issue) : null;

const toIssue = (row: IssueRow, id: string): PendingIssue => ({
  id: issueId(id),
  accountId: accountId(Number(row.account)),
  chatId: chatId(Number(row.chat)),
  language: row.language,
  deviceId: deviceId(row.device),
  deviceName: row.device_name,
  until: new Date(Number(row.until ?? 0)),
  livingMessageId: row.living === null ? null : Number(row.living),
  documentMessageId: row.document === null ? null : Number(row.document),
});
