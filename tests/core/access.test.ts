import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type AccountState,
  activeSubscription,
  decideDevice,
  decideTrial,
  grantedUntil,
  nextDeviceName,
  type Subscription,
} from '../../src/server/core/access.ts';
import { accountId, chatId, subscriptionId } from '../../src/server/core/ids.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-03-29T01:30:00Z');
const day = (offset: number) => new Date(NOW.getTime() + offset * DAY_MS);
const RULES = { trialDays: 3, devicesPerAccount: 2, trialTrafficBytes: null };

let made = 0;
function subscription(from: number, to: number, plan = 'month'): Subscription {
  made += 1;
  const traffic = { trafficLimitBytes: null, usedBytes: 0, limited: false };
  return { id: subscriptionId(`s${made}`), plan, startsAt: day(from), endsAt: day(to), ...traffic };
}

function stateOf(subscriptions: readonly Subscription[], devices = 0, paused = false): AccountState {
  const device = { name: 'Device 1' } as AccountState['devices'][number];
  return {
    account: { id: accountId(1), chatId: chatId(1), language: 'en', paused },
    subscriptions,
    devices: Array.from({ length: devices }, () => device),
  };
}

describe('the subscription in force', () => {
  const table: readonly (readonly [
    what: string,
    spans: readonly (readonly [number, number])[],
    best: number | null,
  ])[] = [
    ['none', [], null],
    ['one that runs', [[-1, 1]], 1],
    ['one that begins at this very moment', [[0, 1]], 1],
    ['one that ends at this very moment', [[-1, 0]], null],
    ['one that begins tomorrow', [[1, 2]], null],
    ['one that ended yesterday', [[-5, -1]], null],
    [
      'of several that run, the one that ends last',
      [
        [-1, 1],
        [-2, 9],
        [-3, 4],
      ],
      9,
    ],
    [
      'not a longer one that has not begun',
      [
        [-1, 1],
        [1, 40],
      ],
      1,
    ],
  ];
  for (const [what, spans, best] of table) {
    test(what, () => {
      const active = activeSubscription(stateOf(spans.map(([from, to]) => subscription(from, to))), NOW);
      expect(active?.endsAt ?? null).toEqual(best === null ? null : day(best));
    });
  }

  test('clock jump: one written an hour ahead, before the clock was set back, is in force; one of tomorrow is not', () => {
    expect(activeSubscription(stateOf([subscription(1 / 24, 3)]), NOW)?.endsAt).toEqual(day(3));
    expect(activeSubscription(stateOf([subscription(0.6, 3)]), NOW)).toBeNull();
  });

  test('property: it runs now, and none that runs ends later', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })));
    const property = fc.property(spans, (all) => {
      const subscriptions = all.map(([from, to]) => subscription(from, to));
      const active = activeSubscription(stateOf(subscriptions), NOW);
      const running = subscriptions.filter((each) => each.startsAt <= NOW && each.endsAt > NOW);
      expect(active === null).toBe(running.length === 0);
      if (active) expect(running.every((each) => each.endsAt <= active.endsAt)).toBe(true);
    });
    fc.assert(property);
  });
});

describe('A8: the trial', () => {
  test('is granted once, for the days the operator allows', () => {
    expect(decideTrial(stateOf([]), RULES, NOW)).toEqual({
      kind: 'grant',
      endsAt: day(3),
      trafficLimitBytes: null,
    });
  });
  test('an active subscription is shown, not created again; even when it is the trial', () => {
    for (const plan of ['trial', 'month']) {
      const state = stateOf([subscription(-1, 2, plan)]);
      expect(decideTrial(state, RULES, NOW)).toEqual({ kind: 'already-active', until: day(2) });
    }
  });
  test('an ended trial is not given again, even if other plans came since', () => {
    const state = stateOf([subscription(-9, -6, 'trial'), subscription(-5, -1)]);
    expect(decideTrial(state, RULES, NOW)).toEqual({ kind: 'trial-used' });
    expect(decideTrial(state, { ...RULES, trialDays: 0 }, NOW)).toEqual({ kind: 'trial-used' });
  });
  test('zero days: there are no trials', () => {
    expect(decideTrial(stateOf([]), { ...RULES, trialDays: 0 }, NOW)).toEqual({ kind: 'trial-off' });
    const before = stateOf([subscription(-9, -6)]);
    expect(decideTrial(before, RULES, NOW).kind).toBe('grant');
  });
});

describe('one more device', () => {
  test('needs a subscription that runs', () => {
    expect(decideDevice(stateOf([subscription(-3, 0)]), RULES, NOW)).toEqual({ kind: 'no-subscription' });
  });
  test('as many as the operator allows, and no more, also when the limit was lowered', () => {
    const active = [subscription(-1, 5)];
    expect(decideDevice(stateOf(active, 1), RULES, NOW)).toEqual({ kind: 'grant', until: day(5) });
    expect(decideDevice(stateOf(active, 2), RULES, NOW)).toEqual({ kind: 'device-limit', limit: 2 });
    expect(decideDevice(stateOf(active, 9), RULES, NOW)).toEqual({ kind: 'device-limit', limit: 2 });
  });
});

describe('an account an operator paused', () => {
  const active = [subscription(-1, 5)];
  test('gets nothing new, whatever it has', () => {
    for (const subscriptions of [[], active, [subscription(-9, -6, 'trial')]]) {
      const state = stateOf(subscriptions, 1, true);
      expect(decideTrial(state, RULES, NOW)).toEqual({ kind: 'account-paused' });
      expect(decideDevice(state, RULES, NOW)).toEqual({ kind: 'account-paused' });
    }
  });
});

describe('days an operator grants', () => {
  test('follow the access there is, or begin now', () => {
    expect(grantedUntil(stateOf([]), 7, NOW)).toEqual(day(7));
    expect(grantedUntil(stateOf([subscription(-9, -1)]), 7, NOW)).toEqual(day(7));
    expect(grantedUntil(stateOf([subscription(-1, 3)]), 7, NOW)).toEqual(day(10));
  });
});

describe('names of new devices', () => {
  test('the smallest free number comes back after a removal', () => {
    const names = (...taken: string[]) =>
      nextDeviceName(
        'Device',
        taken.map((name) => ({ name })),
      );
    expect(names()).toBe('Device 1');
    expect(names('Device 1', 'Device 3')).toBe('Device 2');
    expect(names('Phone', 'device 1')).toBe('Device 1');
    expect(names('Device 2', 'Device 1')).toBe('Device 3');
  });
  test('property: it is new', () => {
    const taken = fc.array(fc.integer({ min: 1, max: 30 }).map((number) => ({ name: `Device ${number}` })));
    fc.assert(fc.property(taken, (all) => !all.some((each) => each.name === nextDeviceName('Device', all))));
  });
});
