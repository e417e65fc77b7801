import type { Clock } from '../core/ports/clock.ts';
import type { SubscriptionTokens } from '../core/ports/credentials.ts';
import type { SubscriptionContent, SubscriptionReader } from '../core/ports/subscriptions.ts';
import { createRateLimiter } from '../core/rate-limiter.ts';
import type { VlessSale } from '../core/vless-sale.ts';
import { within } from './within.ts';

/** What a client that asks at a subscription's address is told. */
export type SubscriptionAnswer =
  | {
      readonly kind: 'found';
      readonly links: readonly string[];
      readonly content: Omit<SubscriptionContent, 'users'>;
    }
  /** Never made, or revoked: nobody is told which. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'slow-down' };

/** Reads only. Throws AppError `timeout` or `unavailable` when the database does not answer in time. */
export type ServeSubscription = (
  ask: { readonly token: string; readonly address: string },
  signal: AbortSignal,
) => Promise<SubscriptionAnswer>;

export interface ServeSubscriptionDeps {
  readonly tokens: SubscriptionTokens;
  readonly reader: SubscriptionReader;
  readonly sale: Pick<VlessSale, 'linkOf'>;
  readonly clock: Clock;
}

const DEADLINE_MS = 3_000;
/** A "no" comes no sooner, whatever it was found by: its time tells nothing. */
const UNKNOWN_AFTER_MS = 100;
const REMEMBERED = 50_000;
/** Clients ask every few hours; a household behind one address has several. */
const OF_AN_ADDRESS = { burst: 30, refillMs: 2_000, maxUsers: REMEMBERED };
const OF_A_LINK = { burst: 10, refillMs: 30_000, maxUsers: REMEMBERED };

/**
 * The links behind a subscription's address. A token that nobody made is told by its own proof and never reaches the
 * database; what reaches it was ours once.
 */
export function createServeSubscription(deps: ServeSubscriptionDeps): ServeSubscription {
  const { tokens, clock } = deps;
  const limitAddress = createRateLimiter<string>(OF_AN_ADDRESS);
  const limitLink = createRateLimiter<string>(OF_A_LINK);

  async function lookUp(linkId: string | null, signal: AbortSignal): Promise<SubscriptionAnswer> {
    if (linkId === null) return { kind: 'unknown' };
    if (limitLink(linkId, clock.monotonicMs()) !== 'pass') return { kind: 'slow-down' };
    const late = clock.deadline(DEADLINE_MS, signal);
    const content = await within(late, deps.reader.content(linkId, clock.now()));
    if (content === null) return { kind: 'unknown' };
    const links = content.users.map((user) => deps.sale.linkOf(user, user.deviceName));
    return { kind: 'found', links, content };
  }

  return async ({ token, address }, signal) => {
    const askedAt = clock.monotonicMs();
    if (limitAddress(address, askedAt) !== 'pass') return { kind: 'slow-down' };
    const answer = await lookUp(tokens.read(token), signal);
    if (answer.kind === 'unknown') {
      const left = UNKNOWN_AFTER_MS - (clock.monotonicMs() - askedAt);
      if (left > 0) await clock.sleep(left, signal);
    }
    return answer;
  };
}
