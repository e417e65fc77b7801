/** A process that opens a transaction, writes, says so, and never ends it: to be killed. */
import { sql } from 'drizzle-orm';
import { databaseOn } from './database.ts';

const database = databaseOn(JSON.parse(process.env.ADDRESS ?? ''));
await database.transaction(async (tx) => {
  await tx.execute(sql`UPDATE held SET n = 2 WHERE id = 1`);
  await Bun.stdout.write('holding\n');
  await new Promise(() => {});
});
