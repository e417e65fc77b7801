/** Looks everywhere a secret could have come to rest: tables, logs, argv, environments, Telegram's journal, files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { type AditRig, RIG_DATABASE_PASSWORD } from './adit-rig.ts';
import type { ProgramShims } from './program-shims.ts';

/** What must not be found, by what it is. */
export type Secrets = ReadonlyMap<string, readonly string[]>;

/** The bot's token, the database password, the server's private key, and every client's that was delivered. */
export async function secretsOf(rig: AditRig, configs: readonly string[]): Promise<Secrets> {
  const server = (await readFile(join(rig.stateDir, 'wg-private.key'), 'utf8')).trim();
  const clients = configs.map((text) => /^PrivateKey = (.+)$/m.exec(text)![1]!);
  return new Map([
    ['bot token', [rig.token.split(':')[1]!]],
    ['database password', [RIG_DATABASE_PASSWORD]],
    ['server key', spellings(server)],
    ['client key', clients.flatMap(spellings)],
  ]);
}

/** As `wg` writes it, without its padding, for URLs, and in hexadecimal as wireguard-go's own protocol has it. */
function spellings(key: string): string[] {
  const bytes = Buffer.from(key, 'base64');
  return [key.replace(/=$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
}

/** Names of places with a secret in them: `table adit.updates: client key`. */
export function find(secrets: Secrets, place: string, text: string): string[] {
  return [...secrets].flatMap(([what, values]) =>
    values.some((value) => text.includes(value)) ? [`${place}: ${what}`] : [],
  );
}

/** Everything the program wrote or showed to others; empty when no secret got out. */
export async function findLeaks(
  rig: AditRig,
  secrets: Secrets,
  shims?: Pick<ProgramShims, 'calls' | 'environments'>,
): Promise<string[]> {
  const leaks = (await tables(rig.sql)).flatMap(([name, text]) => find(secrets, `table ${name}`, text));
  for (const run of rig.runs) leaks.push(...find(secrets, 'log', run.output()));
  leaks.push(...find(secrets, 'journal of Telegram', JSON.stringify(await rig.control.journal())));
  if (shims) {
    leaks.push(...find(secrets, 'argv', (await shims.calls()).join('\n')));
    leaks.push(...find(secrets, 'environment of a child', (await shims.environments()).join('\n')));
  }
  return leaks;
}

/** Every table of every schema that is not PostgreSQL's own, and the statements of its sessions. */
async function tables(sql: Sql): Promise<(readonly [string, string])[]> {
  const names = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`;
  const dumps = [...names.map(({ name }) => name), 'pg_stat_activity'].map(async (name) => {
    const rows = await sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
    return [name, rows.map(({ row }) => row).join('\n')] as const;
  });
  return Promise.all(dumps);
}

/** Files below a folder with a secret in them: `wg0.conf: server key`. */
export async function findInFiles(folder: string, secrets: Secrets): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const found = await Promise.all(
    files.map(async (path) => find(secrets, path.slice(folder.length + 1), await readFile(path, 'latin1'))),
  );
  return found.flat().sort();
}
