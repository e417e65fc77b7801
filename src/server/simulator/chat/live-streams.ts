import type { Clock } from '../../core/ports/clock.ts';

/** A frame comes at least this often: a sign of life, and the end of toasts and of "typing…". */
const IDLE_FRAME_MS = 5_000;
/** Frames of one stream are at least this far apart: a burst of messages is drawn once. */
const FRAME_GAP_MS = 60;

export interface LiveStreams {
  /** A stream of frames for the person's page; `draw` is called for each frame, the first at once. */
  open(userId: number, draw: () => string, leaving: AbortSignal): Response;
  /** Something changed: for one person, or for all when null. */
  changed(userId: number | null): void;
  close(): void;
}

interface Viewer {
  readonly userId: number;
  touch(): void;
}

/**
 * Server-sent events for the chat page. Each frame is a full snapshot, so a viewer that is slow or was away misses
 * nothing: at most one frame waits for it, and that one is drawn when it is sent.
 */
export function createLiveStreams(clock: Clock): LiveStreams {
  const viewers = new Set<Viewer>();
  const closing = new AbortController();

  const open = (userId: number, draw: () => string, leaving: AbortSignal): Response => {
    const gone = AbortSignal.any([leaving, closing.signal]);
    let wake = Promise.withResolvers<void>();
    const viewer: Viewer = { userId, touch: () => wake.resolve() };
    viewers.add(viewer);
    gone.addEventListener('abort', () => viewers.delete(viewer), { once: true });
    wake.resolve();
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await newsOrPause(clock, wake.promise, gone);
        if (gone.aborted) return controller.close();
        wake = Promise.withResolvers();
        controller.enqueue(encoder.encode(toEvent(draw())));
        await clock.sleep(FRAME_GAP_MS, gone).catch(() => undefined);
      },
      cancel: () => void viewers.delete(viewer),
    });
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  };

  return {
    open,
    changed(userId) {
      for (const viewer of viewers) if (userId === null || viewer.userId === userId) viewer.touch();
    },
    close: () => closing.abort(),
  };
}

async function newsOrPause(clock: Clock, news: Promise<void>, gone: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const pause = clock.sleep(IDLE_FRAME_MS, AbortSignal.any([gone, timer.signal])).catch(() => undefined);
  await Promise.race([news, pause]);
  timer.abort();
}

function toEvent(html: string): string {
  return `${html
    .split('\n')
    .map((line) => `data: ${line}`)
    .join('\n')}\n\n`;
}
