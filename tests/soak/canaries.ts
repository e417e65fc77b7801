/**
 * One user after the other takes a new key, all the time: through update, database, interface and delivery. The first
 * to begin after a fault and to succeed says when all was well again.
 */
import type { AditRig } from '../support/adit-rig.ts';
import { pause } from '../support/pause.ts';
import { fulfil } from './people.ts';
import type { Timeline } from './timeline.ts';

export interface Canaries {
  readonly ids: readonly number[];
  /** When a canary that began after this moment was served, in milliseconds of the timeline; null: none yet. */
  servedAfter(atMs: number): number | null;
  rest(): Promise<void>;
}

const COUNT = 12;
const FIRST_ID = 900;
const EVERY_MS = 1_000;
const PATIENCE_MS = 10_000;

export async function createCanaries(rig: AditRig, timeline: Timeline): Promise<Canaries> {
  const ids = Array.from({ length: COUNT }, (_, index) => FIRST_ID + index);
  const flights: { readonly fromMs: number; readonly toMs: number }[] = [];
  const busy = new Set<Promise<void>>();
  const free = [...ids];
  let over = false;
  for (const id of ids) {
    await rig.control.newUser(id);
    await rig.control.say(id, '/trial');
  }
  for (const id of ids) await rig.control.awaitMessage(id, { has: 'photo' }, 20_000);

  async function fly(id: number): Promise<void> {
    const fromMs = timeline.now();
    try {
      const before = await lastMessage(rig, id);
      await fulfil(rig, id, 'reissue', 0);
      await rig.control.awaitMessage(id, { has: 'document', afterMessageId: before }, PATIENCE_MS);
      flights.push({ fromMs, toMs: timeline.now() });
    } catch {
      // Another one follows.
    } finally {
      free.push(id);
    }
  }

  async function keepFlying(): Promise<void> {
    while (!over) {
      const id = free.shift();
      if (id !== undefined) {
        const flight = fly(id);
        busy.add(flight);
        void flight.finally(() => busy.delete(flight));
      }
      await pause(EVERY_MS, () => over);
    }
    await Promise.all(busy);
  }

  const flying = keepFlying();
  return {
    ids,
    servedAfter(atMs) {
      const ends = flights.filter((each) => each.fromMs >= atMs).map((each) => each.toMs);
      return ends.length === 0 ? null : Math.min(...ends);
    },
    async rest() {
      over = true;
      await flying;
    },
  };
}

async function lastMessage(rig: AditRig, id: number): Promise<number> {
  return (await rig.control.messages(id)).at(-1)?.message_id ?? 0;
}
