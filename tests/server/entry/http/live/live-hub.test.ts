import { beforeEach, describe, expect, test } from 'bun:test';
import { type SessionId, sessionId } from '../../../../../src/server/core/ids.ts';
import type { Language } from '../../../../../src/server/core/ports/words.ts';
import { createLiveHub, type LiveHub } from '../../../../../src/server/entry/http/live/live-hub.ts';
import type { ByteSink } from '../../../../../src/server/entry/http/live/viewer.ts';
import { silentLog } from '../../../../support/door-kit.ts';
import { createManualClock, type ManualClock } from '../../../../support/manual-clock.ts';
import { createSeededRandom } from '../../../../support/seeded-random.ts';

const MINE = sessionId('mine');
const OTHER = sessionId('other');
const LIMITS = { frames: 100, bytes: 1_000, stalledMs: 8_000 };
const BEAT = ': alive\nevent: beat\n\n';
const PANELS = ['clock', 'jobs', 'pool'] as const;

/** What panels show now, and how often each was drawn. */
interface Stage {
  readonly shows: Map<string, string>;
  readonly drawn: string[];
}

interface Page {
  /** Text of every chunk that arrived. */
  readonly got: string[];
  /** Null while the stream is open. */
  closed(): 'ended' | 'cut' | null;
  /** The network takes no more. */
  stall(): void;
  flow(): void;
  leave(): void;
}

let clock: ManualClock;
let stage: Stage;
let hub: LiveHub;
let held: Set<SessionId>;

beforeEach(() => {
  clock = createManualClock();
  stage = { shows: new Map(PANELS.map((name) => [name, `${name} 0`])), drawn: [] };
  held = new Set([MINE]);
  hub = newHub();
});

const newHub = (maxViewers = 1_000) =>
  createLiveHub({
    clock,
    random: createSeededRandom(1),
    log: silentLog(),
    limits: LIMITS,
    maxViewers,
    holding: async (sessions) => new Set(sessions.filter((each) => held.has(each))),
    source: {
      names: PANELS,
      draw(name: string, language: Language) {
        stage.drawn.push(`${language} ${name}`);
        return `<${language} ${stage.shows.get(name)}>`;
      },
    },
  });

/** Plays Bun: asks the stream for its bytes through a sink whose network the test can stop. */
function visit(options: { session?: SessionId; panels?: readonly string[]; language?: Language } = {}): Page {
  const { session = MINE, panels = PANELS, language = 'en' } = options;
  const source = hub.open({ session, panels, language })!;
  const got: string[] = [];
  let how: 'ended' | 'cut' | null = null;
  let full = false;
  let drained = Promise.withResolvers<number>();
  const sink: ByteSink = {
    write(bytes) {
      got.push(new TextDecoder().decode(bytes));
      return full ? drained.promise : bytes.byteLength;
    },
    flush: () => 0,
    end() {
      how = 'ended';
    },
    close() {
      how = 'cut';
    },
  };
  void source.pull(sink);
  return {
    got,
    closed: () => how,
    stall() {
      full = true;
    },
    flow() {
      full = false;
      drained.resolve(1);
      drained = Promise.withResolvers();
    },
    leave: () => source.cancel(),
  };
}

const change = (name: string, text: string) => void stage.shows.set(name, text);

async function tick(seconds = 1): Promise<void> {
  for (let done = 0; done < seconds; done += 1) {
    clock.advance(1_000);
    await hub.tick();
  }
}

describe('C3: drawn once for all', () => {
  test('whoever comes gets everything at once, with a retry of its own', () => {
    const page = visit();
    expect(page.got).toHaveLength(1);
    expect(page.got[0]).toMatch(/^retry: [1-4]\d{3}\nid: \S+\ndata: <en clock 0><en jobs 0><en pool 0>\n\n$/);
  });

  test('a panel is drawn once a tick and language, however many look at it', async () => {
    for (let count = 0; count < 40; count += 1) visit();
    for (let count = 0; count < 40; count += 1) visit({ language: 'ru', panels: ['jobs'] });
    stage.drawn.length = 0;
    await tick();
    expect(stage.drawn.toSorted()).toEqual(['en clock', 'en jobs', 'en pool', 'ru jobs']);
  });

  test('only what differs goes out, and nothing when nothing does', async () => {
    const page = visit();
    await tick();
    expect(page.got).toHaveLength(1);
    change('jobs', 'jobs 1');
    await tick();
    expect(page.got).toHaveLength(2);
    expect(page.got[1]).toContain('data: <en jobs 1>\n\n');
  });

  test('all viewers of a page get the very same frame', async () => {
    const pages = [visit(), visit(), visit()];
    change('pool', 'pool 1');
    await tick();
    expect(new Set(pages.map((page) => page.got.at(-1))).size).toBe(1);
  });

  test('who comes later misses nothing that comes after', async () => {
    visit();
    change('jobs', 'jobs 1');
    await tick();
    const late = visit();
    expect(late.got[0]).toContain('<en jobs 1>');
    await tick();
    expect(late.got).toHaveLength(1);
    change('jobs', 'jobs 2');
    await tick();
    expect(late.got[1]).toContain('<en jobs 2>');
  });

  test('a panel nobody has is not asked for, an unknown one neither', async () => {
    visit({ panels: ['jobs', 'nonsense'] });
    stage.drawn.length = 0;
    await tick();
    expect(stage.drawn).toEqual(['en jobs']);
  });

  test('nothing is drawn while nobody looks', async () => {
    visit().leave();
    stage.drawn.length = 0;
    await tick();
    expect(stage.drawn).toEqual([]);
    expect(hub.viewers()).toBe(0);
  });

  test('a page whose panels do not change hears a sign of life every three seconds', async () => {
    const page = visit();
    await tick(7);
    expect(page.got.slice(1)).toEqual([BEAT, BEAT]);
  });

  test('a page that changes all the time gets its heartbeat every ten seconds among the frames', async () => {
    const page = visit({ panels: ['clock'] });
    for (let second = 1; second <= 21; second += 1) {
      change('clock', `clock ${second}`);
      await tick();
    }
    const beats = page.got.flatMap((text, index) => (text.endsWith(BEAT) ? [index] : []));
    expect(beats).toEqual([10, 20]);
    expect(page.got).toHaveLength(22);
  });

  test('a line end inside a panel does not end the event', async () => {
    const page = visit({ panels: ['jobs'] });
    change('jobs', 'two\nlines\n\n');
    await tick();
    expect(page.got[1]).toContain('data: <en two\ndata: lines\ndata: \ndata: >\n\n');
  });
});

describe('C3, F-F10: a slow viewer', () => {
  test('is cut off after eight seconds without a byte taken, and the others get every tick', async () => {
    const [slow, quick] = [visit(), visit()];
    slow.stall();
    for (let second = 1; second <= 10; second += 1) {
      change('clock', `clock ${second}`);
      await tick();
    }
    expect(slow.closed()).toBe('cut');
    expect(hub.viewers()).toBe(1);
    expect(quick.got.filter((text) => text.includes('clock'))).toHaveLength(11);
  });

  test('that takes its bytes in time gets all that waited, in order', async () => {
    const page = visit();
    page.stall();
    for (const number of [1, 2, 3]) {
      change('clock', `clock ${number}`);
      await tick();
    }
    expect(hub.queued()).toBe(2);
    page.flow();
    await Promise.resolve();
    expect(page.got.slice(1).map((text) => /clock \d/.exec(text)?.[0])).toEqual([
      'clock 1',
      'clock 2',
      'clock 3',
    ]);
    expect(hub.queued()).toBe(0);
    expect(page.closed()).toBeNull();
  });

  test('never has more waiting than the outbox holds', async () => {
    const page = visit();
    page.stall();
    change('clock', 'x'.repeat(400));
    await tick();
    change('clock', 'y'.repeat(600));
    await tick();
    expect(hub.queued()).toBe(1);
    change('clock', 'z'.repeat(600));
    await tick();
    expect(page.closed()).toBe('cut');
    expect(hub.queued()).toBe(0);
  });

  test('that never took its answer at all is not counted for ever', async () => {
    hub.open({ session: MINE, panels: PANELS, language: 'en' });
    expect(hub.viewers()).toBe(1);
    await tick(9);
    expect(hub.viewers()).toBe(0);
  });

  test('a connection that broke is forgotten at the next frame', async () => {
    const source = hub.open({ session: MINE, panels: PANELS, language: 'en' })!;
    const broken = () => {
      throw new Error('closed');
    };
    void source.pull({ write: broken, flush: () => 0, end: () => 0, close: () => 0 });
    await tick();
    expect(hub.viewers()).toBe(0);
  });
});

describe('F-S10: the end of a login', () => {
  test('ends its streams at the next check, and no others', async () => {
    held.add(OTHER);
    const [out, still] = [visit(), visit({ session: OTHER })];
    held.delete(MINE);
    await hub.checkSessions();
    expect(out.closed()).toBe('ended');
    expect(still.closed()).toBeNull();
  });

  test('ends them at once when it happens here', async () => {
    const page = visit();
    hub.endSessions([MINE]);
    expect(page.closed()).toBe('ended');
    expect(hub.viewers()).toBe(0);
  });
});

describe('bounds', () => {
  test('more pages than allowed are refused, and one that leaves makes room', () => {
    hub = newHub(2);
    const first = visit();
    visit();
    expect(hub.open({ session: MINE, panels: PANELS, language: 'en' })).toBeNull();
    first.leave();
    visit();
    expect(hub.viewers()).toBe(2);
  });

  test('a closed hub has ended all and opens no more', async () => {
    const page = visit();
    hub.close();
    expect(page.closed()).toBe('ended');
    expect(hub.open({ session: MINE, panels: PANELS, language: 'en' })).toBeNull();
  });

  test('a panel that cannot be drawn leaves the others alive', async () => {
    const page = visit();
    const shows = stage.shows.get.bind(stage.shows);
    stage.shows.get = (name) => {
      if (name === 'jobs') throw new Error('broken');
      return shows(name);
    };
    change('pool', 'pool 1');
    await tick();
    expect(page.got[1]).toContain('data: <en pool 1>\n\n');
  });
});
