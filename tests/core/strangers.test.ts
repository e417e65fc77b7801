import { describe, expect, test } from 'bun:test';
import { fateOf, STRANGER_STATES, type StrangerState } from '../../src/server/core/strangers.ts';

const now = new Date('2026-01-02T00:00:00Z');
const peer = (more: { state?: StrangerState; ageMs?: number; refusal?: 'address-taken' } = {}) => ({
  state: more.state ?? 'waiting',
  firstSeenAt: new Date(now.getTime() - (more.ageMs ?? 0)),
  refusal: more.refusal ?? null,
});
const policy = (strangers: 'report' | 'adopt' | 'remove') => ({ strangers, graceMs: 60_000 });

describe('what becomes of a stranger', () => {
  test('E2: reported: it stays, however long it is there', () => {
    expect(fateOf(peer({ ageMs: 1e12 }), policy('report'), now)).toBe('stay');
  });

  test('B4: removed: only when its grace is over', () => {
    expect(fateOf(peer({ ageMs: 59_999 }), policy('remove'), now)).toBe('stay');
    expect(fateOf(peer({ ageMs: 60_000 }), policy('remove'), now)).toBe('due');
    // A clock that was set back makes no grace shorter.
    expect(fateOf(peer({ ageMs: -60_000 }), policy('remove'), now)).toBe('stay');
  });

  test('adopted: at once, and not tried again and again when it cannot be', () => {
    expect(fateOf(peer(), policy('adopt'), now)).toBe('adopt');
    expect(fateOf(peer({ refusal: 'address-taken' }), policy('adopt'), now)).toBe('stay');
  });

  test('an operator has the last word, whatever the policy', () => {
    for (const strangers of ['report', 'adopt', 'remove'] as const) {
      for (const state of STRANGER_STATES.filter((each) => each !== 'waiting')) {
        const fate = fateOf(peer({ state, ageMs: 1e12 }), policy(strangers), now);
        expect([state, fate]).toEqual([state, state === 'removing' ? 'named' : 'stay']);
      }
    }
  });
});
