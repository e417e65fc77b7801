import { AppError } from '../../core/errors.ts';
import { isUserEmail } from '../../core/inbound-user.ts';
import type { LiveUser, UserTraffic } from '../../core/ports/inbound.ts';
import type { InboundPlace } from './change-users.ts';
import type { SysStats } from './messages.ts';
import {
  allUsersOf,
  type Counter,
  nothing,
  readCounters,
  readSysStats,
  readUsers,
  statsLike,
} from './messages.ts';
import { UNIMPLEMENTED } from './translate.ts';

export function readUptime({ calls, prefix }: InboundPlace, signal: AbortSignal): Promise<SysStats> {
  const path = `/${prefix}.app.stats.command.StatsService/GetSysStats`;
  return calls.call({ name: 'xray.GetSysStats', path, read: readSysStats }, nothing, signal);
}

/** Null: this server cannot list; v2ray never could, Xray can since 2024. */
export async function listUsers(
  { calls, prefix, tag }: InboundPlace,
  signal: AbortSignal,
): Promise<readonly LiveUser[] | null> {
  const path = `/${prefix}.app.proxyman.command.HandlerService/GetInboundUsers`;
  const method = { name: 'xray.GetInboundUsers', path, read: readUsers } as const;
  try {
    return checked(await calls.call(method, allUsersOf(tag), signal));
  } catch (error) {
    if (error instanceof AppError && error.details.reason === UNIMPLEMENTED) return null;
    throw error;
  }
}

function checked(users: readonly LiveUser[]): readonly LiveUser[] {
  const emails = new Set(users.map((user) => user.email));
  if (emails.size === users.length && users.every((user) => isUserEmail(user.email))) return users;
  throw new AppError('invalid', 'The Xray lists a user twice, or one without a name.');
}

export async function readTraffic(
  { calls, prefix }: InboundPlace,
  signal: AbortSignal,
): Promise<readonly UserTraffic[]> {
  const path = `/${prefix}.app.stats.command.StatsService/QueryStats`;
  const method = { name: 'xray.QueryStats', path, read: readCounters } as const;
  return byUser(await calls.call(method, statsLike('user>>>'), signal));
}

/** Counters are named `user>>>EMAIL>>>traffic>>>uplink` and `…downlink`; a new direction may come any day. */
function byUser(counters: readonly Counter[]): readonly UserTraffic[] {
  const users = new Map<string, { email: string; uplinkBytes: number; downlinkBytes: number }>();
  for (const { name, value } of counters) {
    const [, email, direction] = /^user>>>(.+)>>>traffic>>>(uplink|downlink)$/.exec(name) ?? [];
    if (email === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new AppError('invalid', 'A counter of the Xray is no count of bytes.', {
        details: { name, value },
      });
    }
    const user = users.get(email) ?? { email, uplinkBytes: 0, downlinkBytes: 0 };
    users.set(email, user);
    if (direction === 'uplink') user.uplinkBytes = value;
    else user.downlinkBytes = value;
  }
  return [...users.values()];
}
