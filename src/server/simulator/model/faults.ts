/**
 * Faults to order. One is matched before a call is handled, by method and chat, and used up by `count`.
 *
 * Most happen on the wire; `lost` lets the call succeed first and then loses its answer, which is how a bot learns
 * whether repeating a send is safe.
 */
export type FaultKind =
  /** 429 with `retryAfterSeconds`. */
  | 'too_many_requests'
  /** An answer of `status` (default 500) and `description` as Telegram's JSON: 502, or 401 for a revoked token. */
  | 'server_error'
  /** No headers, ever. */
  | 'stall_before_headers'
  /** 200 and the first bytes of a body that never ends. */
  | 'stall_in_body'
  /** The connection is reset before any header. */
  | 'reset'
  /** The connection is reset in the middle of the body. */
  | 'reset_in_body'
  /** The right answer, `bytesPerSecond` (default 1) at a time. */
  | 'slow_bytes'
  /** `status` (default 200) with an HTML page. */
  | 'html'
  /** 200 with nothing in it. */
  | 'empty'
  /** 200 with 10 MB of valid JSON. */
  | 'huge'
  /** The call is executed, then its answer never comes (or the connection is reset with `reset: true`). */
  | 'lost'
  /** The right answer after `delayMs`. */
  | 'late';

export interface FaultOrder {
  readonly kind: FaultKind;
  /** Method name without regard to case; any when absent. */
  readonly method?: string;
  readonly chatId?: number;
  /** How many calls it hits; until cleared when absent. */
  readonly count?: number;
  readonly retryAfterSeconds?: number;
  readonly status?: number;
  readonly description?: string;
  readonly bytesPerSecond?: number;
  readonly delayMs?: number;
  readonly reset?: boolean;
}

export interface OrderedFault extends FaultOrder {
  readonly id: number;
  readonly hits: number;
}

export interface FaultBook {
  order(fault: FaultOrder): number;
  /** One by its id, or all. */
  clear(id?: number): void;
  list(): readonly OrderedFault[];
  /** The oldest fault that fits, counted as hit; undefined mostly. */
  take(method: string, chatId: number | undefined): OrderedFault | undefined;
}

export function createFaultBook(): FaultBook {
  let faults: OrderedFault[] = [];
  let nextId = 1;
  return {
    order(fault) {
      faults.push({ ...fault, id: nextId, hits: 0 });
      return nextId++;
    },
    clear: (id) => {
      faults = id === undefined ? [] : faults.filter((f) => f.id !== id);
    },
    list: () => faults,
    take(method, chatId) {
      if (faults.length === 0) return undefined;
      const fault = faults.find((f) => fits(f, method, chatId));
      if (!fault) return undefined;
      const hit = { ...fault, hits: fault.hits + 1 };
      const isUsedUp = fault.count !== undefined && hit.hits >= fault.count;
      faults = isUsedUp ? faults.filter((f) => f !== fault) : faults.map((f) => (f === fault ? hit : f));
      return hit;
    },
  };
}

function fits(fault: FaultOrder, method: string, chatId: number | undefined): boolean {
  if (fault.method !== undefined && fault.method.toLowerCase() !== method.toLowerCase()) return false;
  return fault.chatId === undefined || fault.chatId === chatId;
}
