import { z } from 'zod';
import { badRequest, conflict } from '../model/api-error.ts';
import { type ApiMethod, type Call, defineMethod, described } from './method.ts';
import { flag, given, integer, json, text } from './parameters.ts';

const allowedUpdates = json(z.array(z.string()), 'allowed_updates JSON object');

const getUpdates = defineMethod(
  'getUpdates',
  z.object({
    offset: integer(0, -(2 ** 31), 2 ** 31),
    limit: integer(100, 1, 100),
    timeout: integer(0, 0, 50),
    allowed_updates: allowedUpdates,
  }),
  (call, p) => {
    if (call.webhook.info().settings) {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    if (p.allowed_updates) call.world.updates.allow(p.allowed_updates);
    const request = { offset: p.offset, limit: p.limit, timeoutSeconds: p.timeout };
    return call.poller.poll(request, call.signal);
  },
);

const setWebhook = defineMethod(
  'setWebhook',
  z.object({
    url: text,
    certificate: given,
    ip_address: given,
    max_connections: integer(40, 1, 100),
    allowed_updates: allowedUpdates,
    drop_pending_updates: flag,
    secret_token: text,
  }),
  (call, p) => {
    if (p.url === '') return removeWebhook(call, p.drop_pending_updates);
    checkUrl(p.url);
    if (p.secret_token.length > 256) throw badRequest('secret token is too long');
    if (!/^[\w-]*$/.test(p.secret_token)) throw badRequest('secret token contains unallowed characters');
    call.poller.terminate('terminated by setWebhook request');
    if (p.allowed_updates) call.world.updates.allow(p.allowed_updates);
    if (p.drop_pending_updates) call.world.updates.clear();
    const next = { url: p.url, secretToken: p.secret_token, maxConnections: p.max_connections };
    const isSame = JSON.stringify(call.webhook.info().settings) === JSON.stringify(next);
    if (!isSame) call.webhook.set(next);
    return described(true, isSame ? 'Webhook is already set' : 'Webhook was set');
  },
);

/** http is taken too, as by a local Bot API server; api.telegram.org wants https and one of four ports. */
function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  if (!parsed) throw badRequest('bad webhook: invalid webhook URL specified');
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  }
}

const deleteWebhook = defineMethod('deleteWebhook', z.object({ drop_pending_updates: flag }), (call, p) =>
  removeWebhook(call, p.drop_pending_updates),
);

function removeWebhook(call: Call, dropPending: boolean): unknown {
  if (dropPending) call.world.updates.clear();
  if (!call.webhook.info().settings) return described(true, 'Webhook is already deleted');
  call.webhook.set(null);
  return described(true, 'Webhook was deleted');
}

const getWebhookInfo = defineMethod('getWebhookInfo', z.object({}), (call) => {
  const { settings, lastErrorDate, lastErrorMessage } = call.webhook.info();
  const allowed = call.world.updates.allowed();
  return {
    url: settings?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: call.world.updates.pending().length,
    ...(settings && { max_connections: settings.maxConnections }),
    ...(lastErrorDate && { last_error_date: lastErrorDate, last_error_message: lastErrorMessage }),
    ...(allowed.length > 0 && { allowed_updates: allowed }),
  };
});

export const updateMethods: readonly ApiMethod[] = [getUpdates, setWebhook, deleteWebhook, getWebhookInfo];
