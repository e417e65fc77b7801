import { AppError } from '../../../core/errors.ts';
import { type AccountId, accountId, type PeerId, peerId } from '../../../core/ids.ts';
import type { Act } from '../../../services/operate/deps.ts';
import { type Flash, localPath, seeOther } from '../answers.ts';
import { operatorOf, type RouteContext } from '../routes.ts';
import { isUuid } from './cursor.ts';

/** Who acts, from where, and the number of the form when it carried one. */
export function actOf(context: RouteContext, form: URLSearchParams): Act {
  const { id, name } = operatorOf(context);
  const once = form.get('once') ?? '';
  return { actor: { id, name, address: context.client.address }, once: isUuid(once) ? once : null };
}

/** Back to where the form was, with a word of what it came to. */
export function backTo(form: URLSearchParams, fallback: string, flash: Flash): Response {
  return seeOther(localPath(form.get('back'), fallback), flash);
}

export const good = (key: string, values: Flash['values'] = {}): Flash => ({ tone: 'good', key, values });
export const warn = (key: string, values: Flash['values'] = {}): Flash => ({ tone: 'warn', key, values });

/** The ids of the paths. What is none is a page that is not there. */
export function uuidOf(context: RouteContext): string {
  const id = (context.params.id ?? '').toLowerCase();
  if (!isUuid(id)) throw nowhere();
  return id;
}

export const peerOf = (context: RouteContext): PeerId => peerId(uuidOf(context));

export function accountOf(context: RouteContext): AccountId {
  const id = context.params.id ?? '';
  // Telegram's ids are below 2^52 (Bot API, User).
  if (!/^[1-9]\d{0,15}$/.test(id) || Number(id) >= 2 ** 52) throw nowhere();
  return accountId(Number(id));
}

export const nowhere = () => new AppError('not_found', 'There is no such page.');
