/**
 * Everything that can go wrong here. Each fault does its harm and answers what takes it back, or nothing when there is
 * nothing to take back. Faults overlap, so taking back one must leave the others alone.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import type { Random } from '../../src/server/core/ports/clock.ts';
import type { WgMood } from '../support/moody-wg.ts';
import { pause } from '../support/pause.ts';
import { signalQuietly } from '../support/process-table.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import type { House, ProxyOrder } from './house.ts';
import type { PlannedFault } from './plan.ts';

export interface Harm {
  /** In words for the timeline, when there is more to say than the name. */
  readonly detail?: string;
  undo?(): Promise<void> | void;
}

interface Scene {
  readonly house: House;
  readonly random: Random;
  readonly holdMs: number;
}

type Fault = (scene: Scene) => Promise<Harm> | Harm;

export const FAULTS = {
  'adit killed': strikeAdit('SIGKILL'),
  'adit killed while it starts': killTwice,
  'adit asked to stop': strikeAdit('SIGTERM'),
  'adit frozen': freezeAdit,
  'PostgreSQL restarted fast': restartPostgres('SIGINT'),
  'PostgreSQL restarted at once': restartPostgres('SIGQUIT'),
  'PostgreSQL killed': restartPostgres('SIGKILL'),
  'database connections stall': proxyUntilHealed('stall'),
  'database connections half-open': proxyUntilHealed('half-open'),
  'database deaf to new connections too': proxyUntilHealed('deaf'),
  'database connections refused': proxyUntilHealed('refuse'),
  'database connections reset, over and over': resetOverAndOver,
  'database sessions terminated': terminateSessions,
  'wireguard-go killed': killDaemon,
  'wireguard-go stopped': stopDaemon,
  'wg hangs': wgMood('hangs for ever'),
  'wg fails': wgMood('fails with an unknown word'),
  'wg says garbage': wgMood('says garbage and success'),
  'peers removed by hand': removePeers,
  'peers added by hand': addPeers,
  'addresses swapped by hand': swapAddresses,
  'Telegram stalls before the headers': telegram({ kind: 'stall_before_headers' }),
  'Telegram stalls in the body': telegram({ kind: 'stall_in_body' }),
  'Telegram says 429': telegram({ kind: 'too_many_requests', retryAfterSeconds: 2 }),
  'Telegram says 502': telegram({ kind: 'server_error', status: 502 }),
  'Telegram resets': telegram({ kind: 'reset' }),
  'Telegram loses answers': telegram({ kind: 'lost', reset: true }),
  'disk full': fillDisk,
  'clock moved': moveClock,
} as const satisfies Readonly<Record<string, Fault>>;
export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

export function strike(house: House, fault: PlannedFault<FaultName>): Promise<Harm> {
  const random = createSeededRandom(fault.dice);
  return Promise.resolve(FAULTS[fault.name]({ house, random, holdMs: fault.holdMs }));
}

/** Ends whatever may still last. */
export async function healAll(house: House): Promise<void> {
  house.proxy('heal');
  house.supervisor.thaw();
  for (const pid of house.rig.namespace!.pids('wireguard-go')) signalQuietly(pid, 'SIGCONT');
  await house.wg.behave(null);
  await house.rig.control.clearFaults();
  await rm(filler(house), { force: true });
  if (!house.postgres.running()) await house.postgres.start();
}

function strikeAdit(signal: 'SIGKILL' | 'SIGTERM'): Fault {
  return async ({ house }) => {
    await house.supervisor.strike(signal);
    return {};
  };
}

async function killTwice({ house, random }: Scene): Promise<Harm> {
  await house.supervisor.strike('SIGKILL');
  // Longer than the supervisor's pause: somewhere on its way up.
  const afterMs = 500 + random.integer(500);
  await pause(afterMs);
  await house.supervisor.strike('SIGKILL');
  return { detail: `again after ${afterMs} ms` };
}

function freezeAdit({ house }: Scene): Harm {
  house.supervisor.freeze();
  return { undo: house.supervisor.thaw };
}

function restartPostgres(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Fault {
  return async ({ house }) => {
    await house.postgres.kill(signal);
    return { undo: house.postgres.start };
  };
}

function proxyUntilHealed(order: ProxyOrder): Fault {
  return ({ house }) => {
    house.proxy(order);
    return { undo: () => house.proxy('heal') };
  };
}

async function resetOverAndOver({ house, holdMs }: Scene): Promise<Harm> {
  const times = Math.ceil(holdMs / 500);
  for (let time = 0; time < times; time += 1) {
    house.proxy('reset');
    await pause(500);
  }
  return { detail: `${times} times` };
}

async function terminateSessions({ house }: Scene): Promise<Harm> {
  const rows = await house.rig.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'adit'`;
  return { detail: `${rows.length} of them` };
}

function killDaemon({ house }: Scene): Harm {
  for (const pid of daemons(house)) signalQuietly(pid, 'SIGKILL');
  return {};
}

function stopDaemon({ house }: Scene): Harm {
  const stopped = daemons(house);
  for (const pid of stopped) signalQuietly(pid, 'SIGSTOP');
  return {
    undo: () => {
      for (const pid of stopped) signalQuietly(pid, 'SIGCONT');
    },
  };
}

const daemons = (house: House) => house.rig.namespace!.pids('wireguard-go');

function wgMood(mood: WgMood): Fault {
  return async ({ house }) => {
    await house.wg.behave(mood);
    return { undo: () => house.wg.behave(null) };
  };
}

/** By the real `wg`, whatever its mood; an interface that does not answer is left alone. */
async function byHand(house: House, ...words: readonly string[]): Promise<boolean> {
  const argv = [Bun.which('wg')!, ...words] as [string, ...string[]];
  const ended = await house.rig
    .namespace!.exec(argv, { timeoutMs: 2_000, okCodes: [0, 1] })
    .catch(() => null);
  return ended?.exitCode === 0;
}

async function wantedKeys(house: House): Promise<readonly { key: string; address: string }[]> {
  const rows = await house.rig.sql`
    select public_key as key, ip4 as address from report.peers where wanted and public_key is not null`;
  return rows.map((each) => ({ key: String(each.key), address: `${each.address}/32` }));
}

async function removePeers({ house, random }: Scene): Promise<Harm> {
  const keys = await wantedKeys(house);
  let removed = 0;
  for (let time = 0; time < 5 && keys.length > 0; time += 1) {
    const { key } = keys[random.integer(keys.length)]!;
    if (await byHand(house, 'set', 'wg0', 'peer', key, 'remove')) removed += 1;
  }
  return { detail: `${removed} of them` };
}

const strangers = new WeakMap<House, string[]>();

async function addPeers({ house, random }: Scene): Promise<Harm> {
  const added = strangers.get(house) ?? [];
  strangers.set(house, added);
  for (let time = 0; time < 5; time += 1) {
    const { publicKey } = createKeyMaker().keyPair();
    const address = `10.99.${random.integer(250)}.${1 + random.integer(250)}/32`;
    if (await byHand(house, 'set', 'wg0', 'peer', publicKey, 'allowed-ips', address)) added.push(publicKey);
  }
  return { detail: `${added.length} in all so far` };
}

/**
 * Takes away what was added by hand and is still there. What Adit does with such peers is a policy (left alone, reported,
 * removed), so nobody here minds which of them are left.
 */
export async function removeStrangers(house: House): Promise<number> {
  const present = await house.rig.wgPeers();
  const left = (strangers.get(house) ?? []).filter((key) => present.has(key));
  for (const key of left) await byHand(house, 'set', 'wg0', 'peer', key, 'remove');
  return left.length;
}

async function swapAddresses({ house, random }: Scene): Promise<Harm> {
  const keys = await wantedKeys(house);
  if (keys.length < 2) return { detail: 'there were not two' };
  const at = random.integer(keys.length - 1);
  const [one, other] = [keys[at]!, keys[at + 1]!];
  await byHand(house, 'set', 'wg0', 'peer', one.key, 'allowed-ips', other.address);
  await byHand(house, 'set', 'wg0', 'peer', other.key, 'allowed-ips', one.address);
  return {};
}

const METHODS = [
  'sendMessage',
  'sendDocument',
  'sendPhoto',
  'editMessageText',
  'answerCallbackQuery',
  'getUpdates',
  undefined,
];

/** One method, or all of them, for as long as the fault lasts. */
function telegram(order: Readonly<Record<string, unknown>>): Fault {
  return async ({ house, random, holdMs }) => {
    const method = METHODS[random.integer(METHODS.length)];
    const id = await house.rig.control.fault({ ...order, ...(method && { method }) });
    return {
      detail: `${method ?? 'every method'} for ${holdMs} ms`,
      undo: () => house.rig.control.clearFault(id),
    };
  };
}

const filler = (house: House) => join(house.disk.path, 'filler');

async function fillDisk({ house }: Scene): Promise<Harm> {
  // Writes what fits, then fails: that is what is wanted.
  await writeFile(filler(house), Buffer.alloc(8 * 1024 * 1024)).catch(() => undefined);
  return { undo: () => rm(filler(house), { force: true }) };
}

/** For Adit and PostgreSQL at once, who live on one machine; stays until the next move. */
function moveClock({ house, random }: Scene): Harm {
  const offsets = [-3_600, 0, 3_600].filter((each) => each !== (clockAt.get(house) ?? 0));
  const offset = offsets[random.integer(offsets.length)]!;
  const moved = offset - (clockAt.get(house) ?? 0);
  clockAt.set(house, offset);
  house.clock.step(offset);
  return { detail: `by ${moved / 3_600} h, to ${offset / 3_600} h from the true time` };
}

const clockAt = new WeakMap<House, number>();
