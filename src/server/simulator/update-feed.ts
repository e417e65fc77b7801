import { assertNever } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { QueuedUpdate, UpdateQueue } from './model/update-queue.ts';

/** Disorder among the updates, as a bot meets it sooner or later. */
export type Disturbance =
  /** The last update comes once more, with its id. */
  | { readonly kind: 'duplicate' }
  /** The next `count` updates come `delayMs` late, so that later ones overtake them. */
  | { readonly kind: 'late'; readonly count: number; readonly delayMs: number }
  /** This many ids are left out. */
  | { readonly kind: 'gap'; readonly ids: number }
  /** Ids go on from here, lower ones too: Telegram chooses a new one after a quiet week. */
  | { readonly kind: 'reset'; readonly nextId: number }
  /** An update of a kind the bot does not know. */
  | { readonly kind: 'unknown' }
  /** A message without what every message has. */
  | { readonly kind: 'malformed' }
  /** Anything at all, under the next id. */
  | { readonly kind: 'raw'; readonly fields: Readonly<Record<string, unknown>> };

export interface UpdateFeed {
  /** Queues an update and wakes whoever delivers. Null when the bot did not allow its kind or it comes late. */
  push(kind: string, body: unknown, chatId: number | null): number | null;
  disturb(disturbance: Disturbance): void;
  stop(): void;
}

export function createUpdateFeed(queue: UpdateQueue, clock: Clock, wake: () => void): UpdateFeed {
  const stopping = new AbortController();
  let last: QueuedUpdate | null = null;
  let late: { count: number; delayMs: number } | null = null;
  const nowMs = () => clock.now().getTime();

  const add = (kind: string, body: unknown, chatId: number | null): number | null => {
    const update = queue.add(kind, body, chatId, nowMs());
    if (!update) return null;
    last = { update, chatId, addedAtMs: nowMs() };
    wake();
    return update.update_id;
  };

  const addRaw = (fields: Readonly<Record<string, unknown>>): void => {
    queue.addRaw(fields, nowMs());
    wake();
  };

  const disturb = (disturbance: Disturbance): void => {
    switch (disturbance.kind) {
      case 'duplicate':
        if (last) queue.again(last);
        wake();
        break;
      case 'late':
        late = { count: disturbance.count, delayMs: disturbance.delayMs };
        break;
      case 'gap':
        queue.setNextId(queue.nextId() + disturbance.ids);
        break;
      case 'reset':
        queue.setNextId(disturbance.nextId);
        break;
      case 'unknown':
        addRaw({ quantum_entanglement: { id: 1 } });
        break;
      case 'malformed':
        addRaw({ message: { message_id: 0, chat: null } });
        break;
      case 'raw':
        addRaw(disturbance.fields);
        break;
      default:
        assertNever(disturbance);
    }
  };

  return {
    push(kind, body, chatId) {
      if (!late || late.count <= 0) return add(kind, body, chatId);
      late.count -= 1;
      clock.sleep(late.delayMs, stopping.signal).then(
        () => add(kind, body, chatId),
        () => undefined,
      );
      return null;
    },
    disturb,
    stop: () => stopping.abort(),
  };
}
