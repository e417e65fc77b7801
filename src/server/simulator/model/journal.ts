/** One API call as it was received and answered. Uploads stand as their name and size. */
export interface JournalEntry {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly chatId: number | null;
  readonly params: Readonly<Record<string, unknown>>;
  /** HTTP status; 0 when no answer was sent because of a fault. */
  readonly status: number;
  /** Telegram's description when it was refused. */
  readonly description: string | null;
  readonly fault: string | null;
  readonly durationMs: number;
}

export interface Counters {
  readonly calls: number;
  readonly failures: number;
  readonly byMethod: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly faults: number;
}

export interface JournalFilter {
  readonly method?: string;
  readonly chatId?: number;
  /** Entries after this sequence number only. */
  readonly after?: number;
  readonly limit?: number;
}

export interface Journal {
  record(entry: Omit<JournalEntry, 'sequence'>): JournalEntry;
  entries(filter?: JournalFilter): readonly JournalEntry[];
  counters(): Counters;
  clear(): void;
}

/** Keeps the last `capacity` calls; counters count all. */
export function createJournal(capacity: number): Journal {
  let kept: JournalEntry[] = [];
  let sequence = 0;
  let failures = 0;
  let faults = 0;
  let byMethod: Record<string, number> = {};
  let byStatus: Record<string, number> = {};
  return {
    record(entry) {
      sequence += 1;
      const numbered = { sequence, ...entry };
      kept.push(numbered);
      // Trimmed in bulk: shifting an array of this size at every call would be the costliest part of a call.
      if (kept.length > capacity * 2) kept = kept.slice(-capacity);
      byMethod[entry.method] = (byMethod[entry.method] ?? 0) + 1;
      byStatus[entry.status] = (byStatus[entry.status] ?? 0) + 1;
      if (entry.status !== 200) failures += 1;
      if (entry.fault) faults += 1;
      return numbered;
    },
    entries: (filter = {}) => select(kept.slice(-capacity), filter),
    counters: () => ({
      calls: sequence,
      failures,
      faults,
      byMethod: { ...byMethod },
      byStatus: { ...byStatus },
    }),
    clear() {
      kept = [];
      sequence = 0;
      failures = 0;
      faults = 0;
      byMethod = {};
      byStatus = {};
    },
  };
}

function select(entries: readonly JournalEntry[], filter: JournalFilter): readonly JournalEntry[] {
  const method = filter.method?.toLowerCase();
  const found = entries.filter(
    (entry) =>
      (method === undefined || entry.method.toLowerCase() === method) &&
      (filter.chatId === undefined || entry.chatId === filter.chatId) &&
      entry.sequence > (filter.after ?? 0),
  );
  return filter.limit === undefined ? found : found.slice(-filter.limit);
}
