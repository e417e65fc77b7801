import { eventually } from './eventually.ts';

/** Lets time pass where passing time is the point: between the wishes of a person, or while a fault lasts. */
export async function pause(ms: number, over: () => boolean = () => false): Promise<void> {
  const end = performance.now() + ms;
  const look = () => over() || performance.now() >= end;
  await eventually(look, { withinMs: ms + 60_000, everyMs: Math.max(1, Math.min(250, ms)) });
}
