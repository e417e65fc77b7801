import { bigint, index, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts, adit } from './schema.ts';

/** What operators leave behind when they work with the dashboard, beside the audit. */

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** What operators wrote about an account, for each other. Never shown to its user. */
export const accountNotes = adit.table(
  'account_notes',
  {
    id: uuid('id').primaryKey(),
    accountId: bigint('account_id', { mode: 'number' })
      .notNull()
      .references(() => accounts.id),
    operatorName: text('operator_name').notNull(),
    text: text('text').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [index('account_notes_account').on(t.accountId, t.createdAt)],
);

/** Acts that must not happen twice when a form is sent twice, by the number the form carried. */
export const operatorRequests = adit.table('operator_requests', {
  id: uuid('id').primaryKey(),
  at: moment('at').notNull(),
});
