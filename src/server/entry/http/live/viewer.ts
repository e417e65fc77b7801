import type { SessionId } from '../../../core/ids.ts';

/** Where a viewer's bytes go: the controller of a direct stream of Bun, or of a test. */
export interface ByteSink {
  /** A number when the bytes were taken; a promise when the network is full, resolved when it is free again. */
  write(bytes: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  /** Ends the answer in order. */
  end(): unknown;
  /** With a reason: cuts the connection, unsent bytes and all. */
  close(reason?: unknown): unknown;
}

export interface ViewerLimits {
  /** Frames and bytes that may wait; one more cuts the viewer off. */
  readonly frames: number;
  readonly bytes: number;
  /** A viewer that takes nothing for so long is cut off. */
  readonly stalledMs: number;
}

export type ViewerEnd = 'left' | 'ended' | 'slow';

/**
 * One open page. While its network takes bytes nothing is kept; when it is full, frames wait here up to the limits.
 * Never throws and never makes the sender wait.
 */
export interface Viewer {
  readonly session: SessionId;
  readonly channel: string;
  attach(sink: ByteSink): void;
  /** False: it is gone, or was cut off by this very frame. */
  send(bytes: Uint8Array): boolean;
  /** Cuts it off when it has taken nothing for too long. False: it is gone. */
  check(): boolean;
  /** Frames that wait. */
  readonly queued: number;
  readonly attached: boolean;
  end(how: ViewerEnd): void;
}

export interface ViewerDeps {
  readonly session: SessionId;
  readonly channel: string;
  readonly limits: ViewerLimits;
  /** A clock that never goes back. */
  monotonicMs(): number;
  onEnd(viewer: Viewer, how: ViewerEnd): void;
}

export function createViewer(deps: ViewerDeps): Viewer {
  const { limits } = deps;
  const openedAtMs = deps.monotonicMs();
  let sink: ByteSink | null = null;
  let ended = false;
  /** Since when the network takes nothing; null while it does. */
  let fullSinceMs: number | null = null;
  let outbox: Uint8Array[] = [];
  let waitingBytes = 0;

  function put(bytes: Uint8Array): void {
    const taken = sink!.write(bytes);
    sink!.flush();
    if (typeof taken === 'number') return;
    fullSinceMs = deps.monotonicMs();
    taken.then(drain, () => viewer.end('left'));
  }

  function drain(): void {
    fullSinceMs = null;
    const waiting = outbox;
    outbox = [];
    waitingBytes = 0;
    for (const bytes of waiting) viewer.send(bytes);
  }

  function keep(bytes: Uint8Array): boolean {
    outbox.push(bytes);
    waitingBytes += bytes.byteLength;
    if (outbox.length <= limits.frames && waitingBytes <= limits.bytes) return true;
    viewer.end('slow');
    return false;
  }

  const viewer: Viewer = {
    session: deps.session,
    channel: deps.channel,
    attach(given) {
      sink = given;
    },
    send(bytes) {
      if (ended || sink === null) return !ended;
      if (fullSinceMs !== null) return keep(bytes);
      try {
        put(bytes);
        return true;
      } catch {
        viewer.end('left');
        return false;
      }
    },
    check() {
      const since = sink === null ? openedAtMs : fullSinceMs;
      if (!ended && since !== null && deps.monotonicMs() - since >= limits.stalledMs) viewer.end('slow');
      return !ended;
    },
    get queued() {
      return outbox.length;
    },
    get attached() {
      return sink !== null;
    },
    end(how) {
      if (ended) return;
      ended = true;
      outbox = [];
      if (sink !== null) release(sink, how);
      deps.onEnd(viewer, how);
    },
  };
  return viewer;
}

function release(sink: ByteSink, how: ViewerEnd): void {
  try {
    // A text, not an Error: Bun would print that one as a failure of ours.
    if (how === 'slow') sink.close('the viewer is too slow');
    else if (how === 'ended') sink.end();
  } catch {
    // The connection went first.
  }
}
