import type { SessionId } from '../../../core/ids.ts';
import type { Clock, Random } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { Language } from '../../../core/ports/words.ts';
import { type Channel, channelOf, createDrawings, type PanelSource } from './channels.ts';
import { HEARTBEAT, joined } from './event-text.ts';
import { type ByteSink, createViewer, type Viewer, type ViewerEnd, type ViewerLimits } from './viewer.ts';

/**
 * The open pages of the dashboard. Each tick every panel somebody looks at is drawn once for each language, and what
 * differs goes out as the same bytes to all who look at it. A viewer that does not keep up is cut off: nobody waits
 * for it.
 */
export interface LiveHub {
  /** What fills the stream of one page; null when as many are open as may be. */
  open(visit: Visit): StreamSource | null;
  /** Draws and sends; call it once a second. A call while the last one is still sending does nothing. */
  tick(): Promise<void>;
  /** Ends the streams of sessions that are over. */
  checkSessions(): Promise<void>;
  /** Ends the streams of these at once. */
  endSessions(ids: readonly SessionId[]): void;
  /** Ends them all. */
  close(): void;
  viewers(): number;
  /** Frames that wait for slow viewers. */
  queued(): number;
}

/** The source of a direct stream of Bun: it writes to the network itself, with no queue between. */
export interface StreamSource {
  /** Called once, when the answer begins; the stream lasts as long as this does not resolve. */
  pull(sink: ByteSink): Promise<void>;
  /** The reader has gone. */
  cancel(): void;
}

export interface Visit {
  readonly session: SessionId;
  readonly panels: readonly string[];
  readonly language: Language;
}

export interface LiveHubDeps {
  readonly source: PanelSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: ViewerLimits;
  readonly maxViewers: number;
  /** Of these logins, the ones that still hold. */
  holding(sessions: readonly SessionId[]): Promise<ReadonlySet<SessionId>>;
}

/** A page that heard nothing for five seconds says so: this comes before, when nothing changes. */
const SILENCE_MS = 3_000;
/** A heartbeat comes at least so often, among the frames too. */
const HEARTBEAT_MS = 10_000;
/** Viewers served in one go; between two goes the event loop is free. */
const SLICE = 100;
/** Viewers that lost their stream at one moment come back over so long. */
const RETRY_MS = { least: 1_000, spread: 3_000 };
/** Nobody resolves it: a stream is ended by its sink. */
const FOR_EVER = new Promise<void>(() => undefined);

interface OpenChannel {
  readonly channel: Channel;
  watching: number;
  sentAt: number;
  beatAt: number;
}

export function createLiveHub(deps: LiveHubDeps): LiveHub {
  const { clock, log, source } = deps;
  // Ids of an earlier run of the program mean nothing: whoever comes with one gets everything, as everybody does.
  const drawings = createDrawings(source, { run: deps.random.uuid().slice(-6), log });
  const viewers = new Set<Viewer>();
  const channels = new Map<string, OpenChannel>();
  let sending = false;
  let closed = false;

  function join(channel: Channel): Channel {
    const now = clock.monotonicMs();
    const known = channels.get(channel.key) ?? { channel, watching: 0, sentAt: now, beatAt: now };
    known.watching += 1;
    channels.set(channel.key, known);
    return known.channel;
  }

  function left(viewer: Viewer, how: ViewerEnd): void {
    viewers.delete(viewer);
    const known = channels.get(viewer.channel)!;
    known.watching -= 1;
    if (known.watching === 0) {
      channels.delete(viewer.channel);
      drawings.forget(known.channel);
    }
    if (how === 'slow')
      log.info({ queued: viewer.queued }, 'a viewer of the dashboard was too slow and was cut off');
  }

  const sourceFor = (viewer: Viewer, channel: Channel): StreamSource => ({
    pull(sink) {
      viewer.attach(sink);
      const retryMs = RETRY_MS.least + deps.random.integer(RETRY_MS.spread);
      viewer.send(drawings.snapshot(channel, retryMs));
      return FOR_EVER;
    },
    cancel: () => viewer.end('left'),
  });

  async function send(frames: ReadonlyMap<string, Uint8Array>): Promise<void> {
    let served = 0;
    for (const viewer of viewers) {
      if (!viewer.check()) continue;
      const frame = frames.get(viewer.channel);
      if (frame) viewer.send(frame);
      served += 1;
      if (served % SLICE === 0) await clock.sleep(0);
    }
  }

  function drawAll(): Map<string, Uint8Array> {
    drawings.renew();
    const frames = new Map<string, Uint8Array>();
    for (const open of channels.values()) {
      const frame = withHeartbeat(open, drawings.changes(open.channel), clock.monotonicMs());
      if (frame) frames.set(open.channel.key, frame);
    }
    return frames;
  }

  return {
    open({ session, panels, language }) {
      if (closed || viewers.size >= deps.maxViewers) return null;
      const channel = join(channelOf(source, panels, language));
      const { monotonicMs } = clock;
      const { limits } = deps;
      const viewer = createViewer({ session, channel: channel.key, limits, monotonicMs, onEnd: left });
      viewers.add(viewer);
      return sourceFor(viewer, channel);
    },
    async tick() {
      if (sending || viewers.size === 0) return;
      sending = true;
      try {
        await send(drawAll());
      } finally {
        sending = false;
      }
    },
    async checkSessions() {
      if (viewers.size === 0) return;
      const asked = new Set([...viewers].map((viewer) => viewer.session));
      const holding = await deps.holding([...asked]);
      // Who came meanwhile was not asked about.
      endAll(viewers, ({ session }) => asked.has(session) && !holding.has(session));
    },
    endSessions: (ids) => endAll(viewers, ({ session }) => ids.includes(session)),
    close() {
      closed = true;
      endAll(viewers, () => true);
    },
    viewers: () => viewers.size,
    queued: () => [...viewers].reduce((sum, viewer) => sum + viewer.queued, 0),
  };
}

function withHeartbeat(open: OpenChannel, frame: Uint8Array | null, now: number): Uint8Array | null {
  const silent = frame === null && now - open.sentAt >= SILENCE_MS;
  const beat = silent || now - open.beatAt >= HEARTBEAT_MS;
  if (beat) open.beatAt = now;
  if (beat || frame) open.sentAt = now;
  if (!beat) return frame;
  return frame ? joined(frame, HEARTBEAT) : HEARTBEAT;
}

function endAll(viewers: ReadonlySet<Viewer>, chosen: (viewer: Viewer) => boolean): void {
  for (const viewer of [...viewers]) if (chosen(viewer)) viewer.end('ended');
}
