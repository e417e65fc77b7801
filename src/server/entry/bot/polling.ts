import type { Api } from 'grammy';
import { ALLOWED_UPDATES } from './incoming.ts';
import type { Intake } from './intake.ts';
import type { Link } from './link.ts';

export interface PollingDeps {
  readonly api: Api;
  readonly intake: Intake;
  readonly link: Pick<Link, 'state'>;
  /** Told when Telegram answered, before what it sent is taken. */
  answered(): void;
  /** How long Telegram holds an empty answer back. */
  readonly pollSeconds: number;
}

/**
 * Takes updates by long polling, one request a turn; what a turn throws is trouble with Telegram. A batch is stored before the next request
 * confirms it. Confirming is done once: a request without an offset gives whatever is not yet confirmed, so a
 * restart of Telegram's numbering (after a quiet week) cannot hide updates behind an old offset.
 */
export function createPolling(deps: PollingDeps): (signal: AbortSignal) => Promise<void> {
  let offset: number | undefined;
  let webhookGone = false;
  return async (signal) => {
    if (!webhookGone) await deps.api.deleteWebhook({}, abortable(signal));
    // A webhook set from elsewhere is one of the conflicts; deleting it again ends that one.
    webhookGone = false;
    const updates = await fetchUpdates(deps, offset, signal);
    deps.answered();
    await deps.intake.take(updates);
    const last = updates.at(-1);
    offset = last ? last.update_id + 1 : undefined;
    webhookGone = true;
  };
}

function fetchUpdates(
  { api, link, pollSeconds }: PollingDeps,
  offset: number | undefined,
  signal: AbortSignal,
) {
  // The first answer after trouble comes at once, so that the state is known without waiting a long poll out.
  const timeout = link.state === 'running' ? pollSeconds : 0;
  return api.getUpdates({ offset, limit: 100, timeout, allowed_updates: ALLOWED_UPDATES }, abortable(signal));
}

/** grammY's types name the AbortSignal of a shim; at run time it is this one. */
type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>;
export const abortable = (signal: AbortSignal): GrammySignal => signal as unknown as GrammySignal;
