import { AppError } from '../../core/errors.ts';
import { checkChange } from '../../core/inbound-change.ts';
import { calledOff } from '../../core/outside-call.ts';
import type { Inbound, InboundUser, UserTraffic } from '../../core/ports/inbound.ts';

export interface MemoryInbound extends Inbound {
  /** As `look` of the real one: which start of the server this is. */
  look(signal?: AbortSignal): Promise<{ readonly bootId: string; readonly restored: number }>;
  /** The server ends and begins anew: users and counters are gone. */
  restart(): void;
  /** While away every call is `unavailable`. */
  setAway(away: boolean): void;
  /** Bytes that went through a user's connections. */
  carry(traffic: UserTraffic): void;
}

/** An inbound without a server, with the same manners: for the demo and tests. */
export function createMemoryInbound(): MemoryInbound {
  let boots = 1;
  let away = false;
  const users = new Map<string, InboundUser>();
  const counters = new Map<string, UserTraffic>();
  const bootId = () => `memory-${boots}`;

  function asked(signal: AbortSignal | undefined): void {
    if (signal?.aborted) throw calledOff(signal);
    if (away) throw new AppError('unavailable', 'The Xray in memory is away.');
  }

  return {
    kind: 'memory',
    async read(signal) {
      asked(signal);
      return { bootId: bootId(), users: [...users.values()] };
    },
    async apply(change, signal) {
      checkChange(change);
      asked(signal);
      for (const email of change.remove) users.delete(email);
      for (const user of change.add) users.set(user.email, user);
    },
    async traffic(signal) {
      asked(signal);
      return { bootId: bootId(), users: [...counters.values()] };
    },
    async look(signal) {
      asked(signal);
      return { bootId: bootId(), restored: 0 };
    },
    restart() {
      boots += 1;
      users.clear();
      counters.clear();
    },
    setAway(now) {
      away = now;
    },
    carry({ email, uplinkBytes, downlinkBytes }) {
      const before = counters.get(email) ?? { uplinkBytes: 0, downlinkBytes: 0 };
      counters.set(email, {
        email,
        uplinkBytes: before.uplinkBytes + uplinkBytes,
        downlinkBytes: before.downlinkBytes + downlinkBytes,
      });
    },
  };
}
