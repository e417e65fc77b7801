/**
 * Somebody who wants something from the bot and is as stubborn as people are: what did not show its effect is asked
 * for again. The effect is read from the report views, so an answer lost with a killed bot does not matter.
 */
import type { AditRig } from './adit-rig.ts';
import { eventually } from './eventually.ts';

export interface BotUser {
  /** Ends with a wanted device. */
  trial(): Promise<void>;
  /** Ends when a new key was promised. */
  reissue(): Promise<void>;
  /** Ends when no device is wanted any more. */
  revoke(): Promise<void>;
}

export interface Patience {
  /** How long one screen is waited for before the user begins again. Milliseconds. */
  readonly screenMs?: number;
  /** The whole wish. Milliseconds. */
  readonly withinMs?: number;
}

export function createBotUser(rig: AditRig, user: number, patience: Patience = {}): BotUser {
  const { screenMs = 5_000, withinMs = 60_000 } = patience;
  const end = () => performance.now() + withinMs;

  async function count(what: 'wanted' | 'reissues'): Promise<number> {
    const [row] =
      what === 'wanted'
        ? await rig.sql`select count(*)::int as n from report.peers where account = ${user} and wanted`
        : await rig.sql`select count(*)::int as n from report.issues
                         where account = ${user} and cause like 'reissue:%'`;
    return row!.n;
  }

  /** Tries, looks whether it came true within a screen's time, and tries again. */
  async function until(reached: () => Promise<boolean>, attempt: () => Promise<void>): Promise<void> {
    for (const last = end(); !(await reached()); ) {
      if (performance.now() > last) throw new Error(`user ${user} gave up`);
      await attempt().catch(() => undefined);
      await eventually(reached, { withinMs: screenMs, everyMs: 100 }).catch(() => undefined);
    }
  }

  /** From the list of devices to the confirmed wish. */
  async function onFirstDevice(wish: 'reissue' | 'revoke'): Promise<void> {
    await rig.control.say(user, '/devices');
    for (const label of ['Device 1', `ask-${wish}`, wish]) await rig.control.press(user, label, screenMs);
  }

  return {
    trial: () =>
      until(
        async () => (await count('wanted')) > 0,
        () => rig.control.say(user, '/trial'),
      ),
    async reissue() {
      const before = await count('reissues');
      await until(
        async () => (await count('reissues')) > before,
        () => onFirstDevice('reissue'),
      );
    },
    revoke: () =>
      until(
        async () => (await count('wanted')) === 0,
        () => onFirstDevice('revoke'),
      ),
  };
}
