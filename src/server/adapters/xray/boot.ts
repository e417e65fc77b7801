/**
 * Which start of the server is this? Xray tells only how many whole seconds it has been up. Each answer says that it
 * began within a second or so; answers of the same run agree with each other, and with every further one the moment is
 * known better. Counters of its memory can only grow while it runs: they tell a restart within the same second.
 */
import type { SysStats } from './messages.ts';

/** One answer, with the moments it was asked for and received. */
export interface BootSample extends SysStats {
  readonly machineBoot: string;
  /** Milliseconds of the machine's clock. */
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  /** Wall time, milliseconds: only looked at when the machine itself has started anew since. */
  readonly wallMs: number;
}

/** What is known of one start of the server; goes into a file. */
export interface KnownBoot {
  readonly id: string;
  readonly machineBoot: string;
  /** It began between these, by the machine's clock. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** And at about this wall time. */
  readonly beganAtMs: number;
  /** Of the last answer. */
  readonly seenAtMs: number;
  readonly uptimeSeconds: number;
  readonly totalAlloc: number;
  readonly mallocs: number;
}

/** Two clocks of one machine do not drift, those of two machines do: 500 ppm is more than NTP ever corrects. */
const DRIFT = 0.0005;
/** After a start of our machine only wall clocks are left to compare by. */
const WALL_TOLERANCE_MS = 10_000;

/** The same start seen again, now known better; null when the server was started anew. */
export function seenAgain(known: KnownBoot, sample: BootSample): KnownBoot | null {
  if (sample.uptimeSeconds < known.uptimeSeconds) return null;
  if (sample.totalAlloc < known.totalAlloc || sample.mallocs < known.mallocs) return null;
  if (sample.machineBoot !== known.machineBoot) {
    const apart = Math.abs(beganAt(sample) - known.beganAtMs);
    return apart <= WALL_TOLERANCE_MS ? firstSeen(known.id, sample) : null;
  }
  const slack = Math.max(0, sample.receivedAtMs - known.seenAtMs) * DRIFT;
  const fresh = firstSeen(known.id, sample);
  const notBeforeMs = Math.max(fresh.notBeforeMs, known.notBeforeMs - slack);
  const notAfterMs = Math.min(fresh.notAfterMs, known.notAfterMs + slack);
  return notBeforeMs <= notAfterMs ? { ...fresh, notBeforeMs, notAfterMs } : null;
}

export function firstSeen(id: string, sample: BootSample): KnownBoot {
  const { machineBoot, sentAtMs, receivedAtMs, uptimeSeconds, totalAlloc, mallocs } = sample;
  return {
    id,
    machineBoot,
    // The seconds are whole ones that have passed; up to one more has begun.
    notBeforeMs: sentAtMs - (uptimeSeconds + 1) * 1000,
    notAfterMs: receivedAtMs - uptimeSeconds * 1000,
    beganAtMs: beganAt(sample),
    seenAtMs: receivedAtMs,
    uptimeSeconds,
    totalAlloc,
    mallocs,
  };
}

const beganAt = ({ wallMs, uptimeSeconds }: BootSample) => wallMs - uptimeSeconds * 1000;
