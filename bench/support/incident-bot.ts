/**
 * The bot of the incident, written as such bots are: updates one after another (grammY's plain polling), one lock for all
 * work with the node, calls whose time limit ends when the headers are there, no breaker. It is spared the rest: no
 * database, no keys, no interface, no QR; its words are ours, so that the same people can use it.
 *
 * `incident-bot.ts TOKEN API_ROOT NODE_URL NODE_KEY RECONCILE_SECONDS`. Prints the port of /healthz, which tells how late
 * its event loop was at most.
 */
import { Bot, type Context, type Filter, InlineKeyboard, InputFile } from 'grammy';
import { createLane } from '../../src/server/core/lane.ts';

interface Device {
  readonly name: string;
  readonly id: string;
  readonly protocol: 'wireguard' | 'vless';
}

const TIMEOUT_MS = 5_000;
const LAG_EVERY_MS = 20;
const DEVICE_LIMIT = 20;

const [token, apiRoot, nodeUrl, nodeKey, reconcileSeconds] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const accounts = new Map<number, Device[]>();
/** "One worker at a time." */
const workerLock = createLane();

/** The mistake: whoever has said 200 is taken to have answered. */
async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  const response = await fetch(nodeUrl + path, {
    method,
    headers: { authorization: `Bearer ${nodeKey}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : undefined,
    signal: limit.signal,
  });
  clearTimeout(timer);
  process.stderr.write(`HTTP Request: ${method} ${path} "HTTP/1.1 ${response.status} OK"\n`);
  return response.json();
}

const onWire = (devices: readonly Device[]) => ({
  users: devices.map(({ id }) => ({ email: id, id, flow: '' })),
});

async function reconcile(): Promise<void> {
  const { users } = (await ask('GET', '/v1/users')) as { users: { email: string }[] };
  const there = new Set(users.map(({ email }) => email));
  const wanted = [...accounts.values()].flat().filter(({ protocol }) => protocol === 'vless');
  const missing = wanted.filter(({ id }) => !there.has(id));
  if (missing.length > 0) await ask('PUT', '/v1/users', onWire(missing));
}

function listOf(user: number): { text: string; reply_markup: InlineKeyboard } {
  const devices = accounts.get(user) ?? [];
  const keyboard = new InlineKeyboard();
  for (const { name } of devices) keyboard.text(name, `card:${name}`).row();
  if (devices.length < DEVICE_LIMIT) keyboard.text('Add a device', 'choice').row();
  keyboard.text('Home', 'home');
  return { text: `Your devices: ${devices.length}`, reply_markup: keyboard };
}

const home = () => ({
  text: 'Access is on',
  reply_markup: new InlineKeyboard().text('My devices', 'list').text('Is it working?', 'status'),
});
const status = () => ({
  text: 'Is it working? The server answers.',
  reply_markup: new InlineKeyboard().text('Home', 'home'),
});
const choice = () => ({
  text: 'What shall the new device use?',
  reply_markup: new InlineKeyboard().text('WireGuard', 'add:wireguard').text('VLESS link', 'add:vless'),
});
const card = (name: string) => ({
  text: `${name}\nLast contact: never`,
  reply_markup: new InlineKeyboard().text('Revoke', `confirm:${name}`).text('Back', 'list'),
});
const confirm = (name: string) => ({
  text: `Revoke ${name}? Its config stops working for good.`,
  reply_markup: new InlineKeyboard().text('Yes, revoke it', `revoke:${name}`),
});

function newDevice(user: number, protocol: Device['protocol']): Device {
  const devices = accounts.get(user) ?? [];
  const numbers = devices.map(({ name }) => Number(name.split(' ')[1]));
  const device = { name: `Device ${Math.max(0, ...numbers) + 1}`, id: crypto.randomUUID(), protocol };
  accounts.set(user, [...devices, device]);
  return device;
}

async function deliver(ctx: Context, device: Device): Promise<void> {
  if (device.protocol === 'wireguard') {
    const file = new InputFile(new TextEncoder().encode(`# ${device.name}\n`), 'device.conf');
    await ctx.replyWithDocument(file);
    return;
  }
  await workerLock.run(() => ask('PUT', '/v1/users', onWire([device])));
  await ctx.reply(`${device.name}: vless://${device.id}@127.0.0.1:443`);
}

async function revoke(user: number, name: string): Promise<void> {
  const devices = accounts.get(user) ?? [];
  const gone = devices.find((each) => each.name === name);
  if (gone?.protocol === 'vless')
    await workerLock.run(() => ask('POST', '/v1/users/removals', { emails: [gone.id] }));
  accounts.set(
    user,
    devices.filter((each) => each !== gone),
  );
}

async function pressed(ctx: Filter<Context, 'callback_query:data'>): Promise<void> {
  const [what, argument = ''] = ctx.callbackQuery.data.split(':');
  await ctx.answerCallbackQuery();
  if (what === 'add') {
    const device = newDevice(ctx.from.id, argument as Device['protocol']);
    await ctx.editMessageText(`Preparing ${device.name}…`);
    return deliver(ctx, device);
  }
  if (what === 'revoke') await revoke(ctx.from.id, argument);
  const screens: Readonly<Record<string, () => { text: string; reply_markup: InlineKeyboard }>> = {
    home,
    status,
    choice,
    card: () => card(argument),
    confirm: () => confirm(argument),
  };
  const { text, reply_markup } = (screens[what ?? ''] ?? (() => listOf(ctx.from.id)))();
  await ctx.editMessageText(text, { reply_markup });
}

const say = async (ctx: Context, { text, ...rest }: { text: string; reply_markup: InlineKeyboard }) => {
  await ctx.reply(text, rest);
};

const bot = new Bot(token, { client: { apiRoot } });
bot.command('start', async (ctx) => {
  const user = ctx.from!.id;
  if (!accounts.has(user)) await deliver(ctx, newDevice(user, 'wireguard'));
  await say(ctx, home());
});
bot.command('devices', (ctx) => say(ctx, listOf(ctx.from!.id)));
bot.command('status', (ctx) => say(ctx, status()));
bot.on('callback_query:data', pressed);
bot.catch(({ error }) => process.stderr.write(`an update failed: ${error}\n`));

let latestMs = 0;
let tickedAt = performance.now();
setInterval(() => {
  latestMs = Math.max(latestMs, performance.now() - tickedAt - LAG_EVERY_MS);
  tickedAt = performance.now();
}, LAG_EVERY_MS);
setInterval(() => {
  workerLock.run(reconcile).catch((error) => process.stderr.write(`reconcile failed: ${error}\n`));
}, Number(reconcileSeconds) * 1000);
const health = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: () => Response.json({ ok: true, loopLagMs: latestMs }),
});
process.stdout.write(`${health.port}\n`);
await bot.start();
