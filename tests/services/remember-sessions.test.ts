import { beforeEach, describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { operatorId, type SessionId, sessionId } from '../../src/server/core/ids.ts';
import type { Session } from '../../src/server/core/operators.ts';
import { createSessionEnds, type SessionEnds } from '../../src/server/core/session-ends.ts';
import { type RememberedSessions, rememberSessions } from '../../src/server/services/remember-sessions.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const ANN: Session = {
  id: sessionId('ann'),
  operator: { id: operatorId('o'), name: 'ann', role: 'owner' },
  startedAt: new Date(0),
};
const away = () => Promise.reject(new AppError('unavailable', 'away'));

let clock: ManualClock;
let ends: SessionEnds;
let stored: Map<string, Session>;
let database: 'answers' | 'refuses' | 'hangs';
let isKnownAway: boolean;
let asked: number;
let sessions: RememberedSessions;

beforeEach(() => {
  clock = createManualClock();
  ends = createSessionEnds();
  stored = new Map([['token', ANN]]);
  database = 'answers';
  isKnownAway = false;
  asked = 0;
  sessions = rememberSessions({
    clock,
    ends,
    find: async (token) => answer(() => stored.get(token) ?? null),
    stillValid: (ids) => answer(() => new Set(ids.filter((id) => holds(id)))),
    digest: (token) => `digest of ${token}`,
    databaseAnswers: () => !isKnownAway,
  });
});

const holds = (id: SessionId) => [...stored.values()].some((session) => session.id === id);

function answer<T>(of: () => T): Promise<T> {
  asked += 1;
  if (database === 'hangs') return new Promise(() => undefined);
  return database === 'refuses' ? away() : Promise.resolve(of());
}

const find = (token = 'token') => sessions.find(token, clock.now());

describe('A2: logins while the database is away', () => {
  test('who was in a moment ago stays in, and is not asked about where nobody answers', async () => {
    expect(await find()).toBe(ANN);
    isKnownAway = true;
    database = 'refuses';
    asked = 0;
    expect(await find()).toBe(ANN);
    expect(asked).toBe(0);
    expect(await sessions.holding([ANN.id])).toEqual(new Set([ANN.id]));
  });

  test('an outage nobody has noticed yet lets in as well, within half a second', async () => {
    await find();
    database = 'refuses';
    expect(await find()).toBe(ANN);
    database = 'hangs';
    const found = find();
    clock.advance(500);
    expect(await found).toBe(ANN);
  });

  test('what needs the database asks it, and is remembered for what does not', async () => {
    expect(await sessions.ask('token', clock.now())).toBe(ANN);
    isKnownAway = true;
    database = 'refuses';
    expect(await find()).toBe(ANN);
    expect(sessions.ask('token', clock.now())).rejects.toMatchObject({ code: 'unavailable' });
    database = 'answers';
    stored.clear();
    expect(await sessions.ask('token', clock.now())).toBeNull();
    expect(await find()).toBeNull();
  });

  test('whoever was not in is told that the database is away', async () => {
    database = 'refuses';
    expect(find()).rejects.toMatchObject({ code: 'unavailable' });
    isKnownAway = true;
    expect(find()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('ten minutes later nobody is remembered', async () => {
    await find();
    database = 'refuses';
    clock.advance(600_001);
    expect(find()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await sessions.holding([ANN.id])).toEqual(new Set());
  });

  test('F-S10: who logged out is out, outage or not', async () => {
    await find();
    ends.announce([ANN.id]);
    database = 'refuses';
    expect(find()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await sessions.holding([ANN.id])).toEqual(new Set());
  });

  test('F-S10: a login that ended elsewhere is forgotten at the first answer', async () => {
    await find();
    stored.clear();
    expect(await sessions.holding([ANN.id])).toEqual(new Set());
    database = 'refuses';
    expect(find()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('the database has the last word while it answers', async () => {
    await find();
    stored.clear();
    expect(await find()).toBeNull();
  });

  test('a failure that does not pass is no outage', async () => {
    await find();
    stored.get = () => {
      throw new AppError('internal', 'broken');
    };
    expect(find()).rejects.toMatchObject({ code: 'internal' });
  });

  test('no more than a thousand are remembered, the latest', async () => {
    for (let count = 0; count <= 1_000; count += 1) {
      stored.set(`t${count}`, { ...ANN, id: sessionId(`s${count}`) });
      await find(`t${count}`);
    }
    database = 'refuses';
    expect(find('t0')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await find('t1000'))?.id).toBe(sessionId('s1000'));
  });
});
