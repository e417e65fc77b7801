import type { Scoreboard } from './scoreboard.ts';
export async function runEveryCall(_board: Scoreboard, _faultMs: number): Promise<void> {}
