import { parseDeviceName } from '../../src/server/core/device-name.ts';

/** A dumb picture of what users have: no keys, no jobs, no interface, no crash. */
export interface ModelDevice {
  name: string;
  state: 'active' | 'paused';
  wanted: boolean;
}

export interface ModelAccount {
  trialEndsAt: number | null;
  devices: ModelDevice[];
}

export type Act =
  | { readonly kind: 'start' | 'add'; readonly account: number }
  | {
      readonly kind: 'revoke' | 'pause' | 'resume' | 'reissue';
      readonly account: number;
      readonly nth: number;
    }
  | { readonly kind: 'rename'; readonly account: number; readonly nth: number; readonly name: string };

const TRIAL_MS = 3 * 86_400_000;
const MOST_DEVICES = 3;

export function createAccessModel(room: number) {
  const accounts = new Map<number, ModelAccount>();

  function open(id: number): ModelAccount {
    const account = accounts.get(id) ?? { trialEndsAt: null, devices: [] };
    accounts.set(id, account);
    return account;
  }

  function grant(account: ModelAccount): string {
    const taken = [...accounts.values()].reduce((sum, each) => sum + each.devices.length, 0);
    if (taken === room) return 'pool-full';
    const names = account.devices.map((each) => each.name);
    const number = [1, 2, 3, 4].find((each) => !names.includes(`Device ${each}`));
    account.devices.push({ name: `Device ${number}`, state: 'active', wanted: true });
    return 'issued';
  }

  function start(account: ModelAccount, now: number): string {
    if (account.trialEndsAt !== null) return account.trialEndsAt > now ? 'already-active' : 'trial-used';
    const outcome = grant(account);
    if (outcome === 'issued') account.trialEndsAt = now + TRIAL_MS;
    return outcome;
  }

  function bringBack(device: ModelDevice): void {
    if (!device.wanted) Object.assign(device, { state: 'active', wanted: true });
  }

  function change(
    account: ModelAccount,
    act: Exclude<Act, { kind: 'start' | 'add' }>,
    active: boolean,
  ): string {
    const device = account.devices[act.nth];
    if (!device) return 'not-found';
    if ((act.kind === 'resume' || act.kind === 'reissue') && !active) return 'no-subscription';
    if (act.kind === 'resume' || act.kind === 'reissue') bringBack(device);
    if (act.kind === 'pause') Object.assign(device, { state: 'paused', wanted: false });
    if (act.kind === 'revoke') account.devices.splice(act.nth, 1);
    if (act.kind === 'rename') {
      const name = parseDeviceName(act.name);
      if (name === null) return 'bad-name';
      device.name = name;
    }
    return act.kind === 'reissue' ? 'issued' : 'done';
  }

  return {
    accounts,
    act(act: Act, now: number): string {
      const account = open(act.account);
      const active = account.trialEndsAt !== null && account.trialEndsAt > now;
      if (act.kind === 'start') return start(account, now);
      if ('nth' in act) return change(account, act, active);
      if (!active) return 'no-subscription';
      return account.devices.length >= MOST_DEVICES ? 'device-limit' : grant(account);
    },
    expire(now: number): void {
      for (const account of accounts.values()) {
        if (account.trialEndsAt === null || account.trialEndsAt > now) continue;
        for (const device of account.devices) device.wanted = false;
      }
    },
  };
}
