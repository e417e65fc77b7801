import { createHash, timingSafeEqual } from 'node:crypto';
import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import type { Clock } from '../../core/ports/clock.ts';
import { ALLOWED_UPDATES } from './incoming.ts';
import type { Intake } from './intake.ts';
import { abortable } from './polling.ts';

/** Answers the HTTP status for one request of Telegram. The body is not even read before the secret fits. */
export type WebhookRoute = (
  secretHeader: string | null,
  readBody: () => Promise<Uint8Array>,
) => Promise<200 | 400 | 401 | 413 | 503>;

const MAX_BODY_BYTES = 1024 * 1024;
/** Telegram is answered within a second (F-G3): what is not stored by then, Telegram sends again. */
const STORE_MS = 800;

export interface WebhookDeps {
  readonly intake: Intake;
  readonly clock: Clock;
  readonly secret: string;
}

/** 200 means stored, and handled in the background. */
export function createWebhookRoute({ intake, clock, secret }: WebhookDeps): WebhookRoute {
  const expected = digest(secret);
  return async (secretHeader, readBody) => {
    if (secretHeader === null || !timingSafeEqual(digest(secretHeader), expected)) return 401;
    const body = await readBody();
    if (body.byteLength > MAX_BODY_BYTES) return 413;
    const update = parseUpdate(body);
    if (!update) return 400;
    const taken = intake.take([update]).then(() => 200 as const);
    const late = new AbortController();
    const tooLate = clock.sleep(STORE_MS, late.signal).then(
      () => 503 as const,
      () => 503 as const,
    );
    const status = await Promise.race([taken, tooLate]);
    late.abort();
    return status;
  };
}

/** Digests have one length, so comparing them tells nothing about the length of the secret either. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function parseUpdate(body: Uint8Array): Update | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && 'update_id' in value ? (value as Update) : null;
  } catch {
    return null;
  }
}

/** Tells Telegram where to send updates. Repeating is safe. Throws what Telegram answers. */
export async function announceWebhook(
  deps: { readonly api: Api; readonly url: string; readonly secret: string },
  signal: AbortSignal,
): Promise<void> {
  const options = { secret_token: deps.secret, allowed_updates: ALLOWED_UPDATES };
  await deps.api.setWebhook(deps.url, options, abortable(signal));
}
