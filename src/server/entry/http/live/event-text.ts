/** Server-sent events as bytes (WHATWG HTML, "Server-sent events"). */

const encoder = new TextEncoder();

export interface StreamEvent {
  /** Handed back as Last-Event-ID when a viewer comes again. No line ends. */
  readonly id: string;
  readonly data: string;
  /** Milliseconds a viewer waits before it comes again; left out: as before. */
  readonly retryMs?: number;
}

export function eventBytes({ id, data, retryMs }: StreamEvent): Uint8Array {
  const retry = retryMs === undefined ? '' : `retry: ${retryMs}\n`;
  // A line end inside the data would end its field: each line gets a field of its own.
  const lines = data.includes('\n') || data.includes('\r') ? data.split(/\r\n|\r|\n/) : [data];
  return encoder.encode(`${retry}id: ${id}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`);
}

/** A sign of life: a comment for whoever looks at the wire, and an empty event for the page's "last updated". */
export const HEARTBEAT: Uint8Array = encoder.encode(': alive\nevent: beat\n\n');

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}
