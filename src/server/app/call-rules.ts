import { BUNDLED_CALLS, DATABASE_CALLS } from '../adapters/postgres/calls.ts';
import { FILE_CALLS } from '../adapters/system/calls.ts';
import { TELEGRAM_CALLS } from '../adapters/telegram/calls.ts';
import { WIREGUARD_CALLS } from '../adapters/wireguard/calls.ts';
import { XRAY_CALLS } from '../adapters/xray/calls.ts';
import type { Config } from '../config.ts';
import { type CallBook, type CallRule, createCallBook } from '../core/call-rules.ts';

const deadline = { setting: 'WG_COMMAND_TIMEOUT_MS', plusMs: 0 } as const;

/** Errands of the command line. */
const OWN_CALLS: readonly CallRule[] = [
  {
    name: 'self',
    door: 'http',
    asks: 'a running Adit how it is (`adit status`)',
    deadline: 5_000,
    retries: 0,
  },
  {
    name: 'doctor.look',
    door: 'process',
    asks: 'whether a program is there (`adit doctor`)',
    deadline,
    retries: 0,
  },
];

/** Everything this program may ask of the outside. */
export const CALL_RULES: readonly CallRule[] = [
  ...TELEGRAM_CALLS,
  ...WIREGUARD_CALLS,
  ...XRAY_CALLS,
  ...DATABASE_CALLS,
  ...BUNDLED_CALLS,
  ...FILE_CALLS,
  ...OWN_CALLS,
];

export const callBook = ({ database, wireguard, xray }: Config): CallBook =>
  createCallBook(CALL_RULES, {
    WG_COMMAND_TIMEOUT_MS: wireguard.commandTimeoutMs,
    XRAY_API_TIMEOUT_MS: xray.apiTimeoutMs,
    DB_ACQUIRE_TIMEOUT_MS: database.acquireTimeoutMs,
    PG_STATEMENT_TIMEOUT_MS: database.statementTimeoutMs,
  });
