import { badRequest } from './api-error.ts';

/**
 * A press must be answered within this time. Telegram names no figure; bots report refusals from about half a minute
 * on, so this is on the tight side.
 */
const ANSWER_WINDOW_MS = 30_000;
const KEEP = 10_000;

export interface CallbackAnswer {
  readonly text: string;
  readonly showAlert: boolean;
  readonly url: string | null;
}

export interface Press {
  readonly id: string;
  readonly userId: number;
  readonly messageId: number;
  readonly data: string;
  readonly pressedAtMs: number;
  readonly answeredAtMs: number | null;
  readonly answer: CallbackAnswer | null;
}

export interface CallbackQueries {
  open(press: Omit<Press, 'answer' | 'answeredAtMs'>): Press;
  /** Once per press and in time; else Telegram's refusal. */
  answer(id: string, answer: CallbackAnswer, nowMs: number): Press;
  find(id: string): Press | undefined;
  /** The user's latest press, for the page's toast and spinner. */
  lastOf(userId: number): Press | undefined;
}

/** Presses of inline buttons and what the bot answered. Pure. */
export function createCallbackQueries(): CallbackQueries {
  const presses = new Map<string, Press>();
  const last = new Map<number, string>();
  return {
    open(input) {
      const press: Press = { ...input, answer: null, answeredAtMs: null };
      presses.set(press.id, press);
      last.set(press.userId, press.id);
      if (presses.size > KEEP) {
        const oldest = presses.keys().next();
        if (!oldest.done) presses.delete(oldest.value);
      }
      return press;
    },
    answer(id, answer, nowMs) {
      const press = presses.get(id);
      if (!press || press.answer || nowMs - press.pressedAtMs > ANSWER_WINDOW_MS) {
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      }
      const answered = { ...press, answer, answeredAtMs: nowMs };
      presses.set(id, answered);
      return answered;
    },
    find: (id) => presses.get(id),
    lastOf: (userId) => presses.get(last.get(userId) ?? ''),
  };
}
