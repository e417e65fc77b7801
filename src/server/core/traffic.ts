/** What a node says of one peer at one moment. */
export interface PeerReading {
  /**
   * What began when these counters began at nothing: the interface or server as it stands since it was made, and the
   * credential on it. Another one means that nothing of this reading was ever counted.
   */
  readonly boot: string;
  /** Bytes since then. `received` came from the user. */
  readonly received: number;
  readonly sent: number;
  /** Null: none since then, or the node does not tell. */
  readonly handshakeAt: Date | null;
}

/** What is known of one peer: the last reading, and totals that outlive whatever was read. */
export interface TrafficCounter {
  readonly boot: string;
  readonly rawReceived: number;
  readonly rawSent: number;
  readonly received: number;
  readonly sent: number;
  readonly handshakeAt: Date | null;
}

export interface Counted {
  readonly counter: TrafficCounter;
  /** Bytes in both directions that were not counted before. */
  readonly added: number;
  /** False: there is nothing to write down. */
  readonly changed: boolean;
}

/**
 * Adds a reading to what is known. Pure; the same reading a second time adds nothing.
 *
 * Another boot, or a raw value that went down, began at nothing: all of it is new. A peer seen for the first time
 * (`known` null) is new as well: its key was made by us for it, and no row says that anything of it was counted. When
 * a restart is not noticed (the same boot, and more bytes than before) the bytes up to the old value are lost: the total
 * may be too small by that, and is never too large. Readings must come in the order in which they were taken.
 */
export function countTraffic(known: TrafficCounter | null, given: PeerReading): Counted {
  const reading = { ...given, received: storable(given.received), sent: storable(given.sent) };
  const goesOn =
    known !== null &&
    known.boot === reading.boot &&
    reading.received >= known.rawReceived &&
    reading.sent >= known.rawSent;
  const received = grown(known?.received, reading.received - (goesOn ? known.rawReceived : 0));
  const sent = grown(known?.sent, reading.sent - (goesOn ? known.rawSent : 0));
  const added = received - (known?.received ?? 0) + sent - (known?.sent ?? 0);
  const handshakeAt = later(known?.handshakeAt ?? null, reading.handshakeAt);
  const counter = {
    boot: reading.boot,
    rawReceived: reading.received,
    rawSent: reading.sent,
    received,
    sent,
    handshakeAt,
  };
  const same =
    goesOn &&
    reading.received === known.rawReceived &&
    reading.sent === known.rawSent &&
    handshakeAt?.getTime() === known.handshakeAt?.getTime();
  return { counter, added, changed: !same };
}

/** Nine petabytes: no peer ever comes to it, and one number that cannot be stored would end the counting of all others. */
const storable = (bytes: number): number => Math.min(bytes, Number.MAX_SAFE_INTEGER);
const grown = (total: number | undefined, bytes: number): number => storable((total ?? 0) + bytes);

/**
 * A peer that a whole reading did not name: whatever comes of it later began at nothing. Null when that is known already.
 */
export function countAbsence(known: TrafficCounter): TrafficCounter | null {
  return known.rawReceived + known.rawSent === 0 ? null : { ...known, rawReceived: 0, rawSent: 0 };
}

/** The totals as they stand now, from what was counted and a newer reading of the same node whose boot nobody asked for. */
export function totalsWith(
  known: TrafficCounter | null,
  live: Omit<PeerReading, 'boot'> | null,
): Pick<TrafficCounter, 'received' | 'sent' | 'handshakeAt'> | null {
  if (live === null) return known;
  return countTraffic(known, { ...live, boot: known?.boot ?? '' }).counter;
}

function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
