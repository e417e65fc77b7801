/**
 * The steps between an update and the end of its delivery at which the program can be stopped from outside: at a
 * table it needs, at a program it starts, at a call to Telegram, at the lock of wg0.conf. Each leads one user there.
 */
import { join } from 'node:path';
import { withFileLock } from '../../src/server/adapters/system/flock.ts';
import type { AditRig } from './adit-rig.ts';
import { createBotUser } from './bot-user.ts';
import { closeGate, type DatabaseGate, type LockMode, someoneWaits } from './database-gates.ts';
import { eventually } from './eventually.ts';
import type { HeldCall, ProgramShims } from './program-shims.ts';

/** What holds the program up, and how the test lets go of it all. */
export interface KillScene {
  readonly rig: AditRig;
  readonly user: number;
  /** The user asks for what the step is about; returns at once. */
  ask(): Promise<void>;
  lock(table: string, mode: LockMode): Promise<DatabaseGate>;
  /** A statement like this stands before a lock. */
  waits(statement: string): Promise<void>;
  hold(when: 'before' | 'after', words: string): Promise<HeldCall>;
  lockFile(): Promise<void>;
  /** A fault for this user's chat; resolves with a promise of its first hit. */
  fault(kind: string, method: string, more?: object): Promise<() => Promise<void>>;
  /** The user sees a new document. */
  documentArrived(): Promise<void>;
  /** Opens every gate and clears every fault. */
  clear(): Promise<void>;
}

export interface KillStep {
  readonly name: string;
  /** Resolves when the program stands there. */
  reach(scene: KillScene): Promise<void>;
}

export type Wish = 'trial' | 'reissue' | 'revoke';

export function createKillScene(rig: AditRig, shims: ProgramShims, user: number, wish: Wish): KillScene {
  const undo: (() => Promise<unknown>)[] = [];
  let documents = 0;
  return {
    rig,
    user,
    async ask() {
      documents = (await rig.control.heldConfigs(user)).length;
      if (wish === 'trial') return rig.control.say(user, '/trial');
      await rig.control.say(user, '/devices');
      for (const label of ['Device 1', `ask-${wish}`, wish]) await rig.control.press(user, label);
    },
    async lock(table, mode) {
      const gate = await closeGate(rig, table, mode);
      undo.push(gate.open);
      return gate;
    },
    waits: (statement) => someoneWaits(rig.sql, statement),
    async hold(when, words) {
      const call = await shims.hold(when, words);
      undo.push(call.kill);
      return call;
    },
    async lockFile() {
      const end = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const path = join(rig.stateDir, 'wg0.conf.lock');
      const whole = withFileLock(path, { timeoutMs: 5_000 }, async () => {
        held.resolve();
        await end.promise;
      });
      await held.promise;
      undo.push(async () => {
        end.resolve();
        await whole;
      });
    },
    async fault(kind, method, more = {}) {
      const id = await rig.control.fault({ kind, method, chatId: user, ...more });
      return async () => {
        await eventually(async () => (await rig.control.faultHits(id)) > 0, { withinMs: 10_000 });
      };
    },
    documentArrived: async () => {
      await eventually(async () => (await rig.control.heldConfigs(user)).length > documents, {
        withinMs: 10_000,
      });
    },
    async clear() {
      for (const each of undo.splice(0)) await each();
      await rig.control.clearFaults();
    },
  };
}

/** A device that works, for the steps that are about one. */
export async function prepare(rig: AditRig, user: number): Promise<void> {
  await createBotUser(rig, user).trial();
  await rig.control.awaitMessage(user, { has: 'photo' });
}

/** At a lock on a table. */
const atTable = (name: string, table: string, mode: LockMode, statement: string): KillStep => ({
  name,
  async reach(scene) {
    await scene.lock(table, mode);
    await scene.ask();
    await scene.waits(statement);
  },
});

/** At a program, before or after it did its work. */
const atProgram = (name: string, when: 'before' | 'after', words: string): KillStep => ({
  name,
  async reach(scene) {
    const call = await scene.hold(when, words);
    await scene.ask();
    await call.reached();
  },
});

/** At a call to Telegram: not heard there, or heard and the answer lost. */
const atCall = (name: string, kind: 'stall_before_headers' | 'lost', method: string): KillStep => ({
  name,
  async reach(scene) {
    const hit = await scene.fault(kind, method);
    await scene.ask();
    await hit();
  },
});

/** A table that is needed earlier too: the gate is closed while a program is held, then that goes on. */
const afterProgram = (
  name: string,
  words: string,
  table: string,
  mode: LockMode,
  statement: string,
): KillStep => ({
  name,
  async reach(scene) {
    const call = await scene.hold('after', words);
    await scene.ask();
    await call.reached();
    await scene.lock(table, mode);
    await call.release();
    await scene.waits(statement);
  },
});

/** The gate is closed while Telegram takes its time over a call that it has already carried out. */
const afterCall = (
  name: string,
  method: string,
  table: string,
  mode: LockMode,
  statement: string,
): KillStep => ({
  name,
  async reach(scene) {
    const hit = await scene.fault('late', method, { delayMs: 700 });
    await scene.ask();
    await hit();
    await scene.lock(table, mode);
    await scene.waits(statement);
  },
});

/** A table needed in the middle of a claimed job, closed while the reading of its targets waits for another. */
const afterClaim = (name: string, table: string, mode: LockMode, statement: string): KillStep => ({
  name,
  async reach(scene) {
    const reading = await scene.lock('adit.retired_keys', 'ACCESS EXCLUSIVE');
    await scene.ask();
    await scene.waits('%left join lateral%');
    await scene.lock(table, mode);
    await reading.open();
    await scene.waits(statement);
  },
});

const ADD = 'wg addconf';
const TAKE_AWAY = 'wg set';

/** In the order of the way of an update. */
export const TRIAL_STEPS: readonly KillStep[] = [
  atTable('fetched, not stored', 'adit.updates', 'SHARE', 'insert into "adit"."updates"%'),
  atTable('stored, its account awaited', 'adit.accounts', 'SHARE', 'insert into "adit"."accounts"%'),
  atTable('its address being claimed', 'adit.addresses', 'EXCLUSIVE', '%adit.addresses%'),
  atTable('its peer being written', 'adit.peers', 'SHARE', 'insert into "adit"."peers"%'),
  atTable('its issue being written', 'adit.issues', 'SHARE', 'insert into "adit"."issues"%'),
  atTable('its job being enqueued', 'adit_jobs.job', 'SHARE', '%insert into%'),
  atTable('its job claimed', 'adit.retired_keys', 'ACCESS EXCLUSIVE', '%left join lateral%'),
  afterClaim('key made, not written', 'adit.nodes', 'EXCLUSIVE', '%lease_epoch%'),
  afterClaim('key being written', 'adit.peers', 'SHARE', '%update adit.peers%'),
  atProgram('key written, not applied', 'before', ADD),
  atProgram('applied, Adit not told', 'after', ADD),
  atProgram('applied, not read back', 'before', 'dump'),
  afterProgram('read back, not marked', ADD, 'adit.peers', 'SHARE', '%applied_generation%'),
  {
    name: 'delivered while wg0.conf waits for its lock',
    async reach(scene) {
      await scene.lockFile();
      await scene.ask();
      await scene.documentArrived();
    },
  },
  atCall('"preparing" unsent', 'stall_before_headers', 'sendMessage'),
  atCall('"preparing" sent, its answer lost', 'lost', 'sendMessage'),
  atCall('document unsent', 'stall_before_headers', 'sendDocument'),
  {
    name: 'document sent, its answer lost',
    async reach(scene) {
      await scene.fault('lost', 'sendDocument');
      await scene.ask();
      await scene.documentArrived();
    },
  },
  afterCall('document sent, not noted', 'sendDocument', 'adit.issues', 'SHARE', '%update adit.issues%'),
  atCall('QR unsent', 'stall_before_headers', 'sendPhoto'),
  atCall('QR sent, its answer lost', 'lost', 'sendPhoto'),
  atCall('"ready" unsent', 'stall_before_headers', 'editMessageText'),
  atCall('"ready" said, its answer lost', 'lost', 'editMessageText'),
  afterCall('delivered, not marked', 'editMessageText', 'adit.issues', 'SHARE', '%update adit.issues%'),
  afterCall('marked, its job unsettled', 'editMessageText', 'adit_jobs.job', 'SHARE', '%completed%'),
];

export const REISSUE_STEPS: readonly KillStep[] = [
  atTable('a new key being promised', 'adit.peers', 'SHARE', 'update "adit"."peers"%'),
  afterClaim('old key being retired', 'adit.peers', 'SHARE', '%update adit.peers%'),
  atProgram('old key not taken away', 'before', TAKE_AWAY),
  atProgram('old key away, new one not there', 'after', TAKE_AWAY),
  atProgram('new key applied, Adit not told', 'after', ADD),
  afterProgram('old key not forgotten', ADD, 'adit.retired_keys', 'SHARE', 'update "adit"."retired_keys"%'),
  atCall('new document unsent', 'stall_before_headers', 'sendDocument'),
  atCall('new document sent, its answer lost', 'lost', 'sendDocument'),
];

export const REVOKE_STEPS: readonly KillStep[] = [
  atTable('removal being written', 'adit.devices', 'SHARE', 'update "adit"."devices"%'),
  atProgram('removal written, not applied', 'before', TAKE_AWAY),
  atProgram('removed, Adit not told', 'after', TAKE_AWAY),
  afterProgram('removal not marked', TAKE_AWAY, 'adit.peers', 'SHARE', '%applied_generation%'),
];
