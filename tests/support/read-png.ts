import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel. */
  readonly rgba: Uint8ClampedArray;
}

const crcOf = (bytes: Uint8Array) => Bun.hash.crc32(bytes);

/** Reads a 1-bit grey PNG the way a strict viewer does: checksums, and filters 0 and 2. */
export function readPng(bytes: Uint8Array): Picture {
  const png = Buffer.from(bytes);
  if (png.toString('latin1', 1, 4) !== 'PNG') throw new Error('not a PNG');
  const chunks = readChunks(png);
  const header = chunks.get('IHDR');
  const data = chunks.get('IDAT');
  if (!header || !data || !chunks.has('IEND')) throw new Error('a chunk is missing');
  if (header[8] !== 1 || header[9] !== 0) throw new Error('not 1-bit grey');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  return { width, height, rgba: paint(unfilter(inflateSync(data), width, height), width, height) };
}

function readChunks(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    if (png.readUInt32BE(at + 8 + length) !== crcOf(body)) throw new Error('a checksum is wrong');
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

function unfilter(lines: Buffer, width: number, height: number): Buffer[] {
  const stride = Math.ceil(width / 8) + 1;
  if (lines.length !== stride * height) throw new Error('rows do not fit the size');
  const rows: Buffer[] = [];
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.from(lines.subarray(y * stride + 1, (y + 1) * stride));
    if (lines[y * stride] === 2) {
      for (let x = 0; x < row.length; x += 1) row[x] = ((row[x] ?? 0) + (rows[y - 1]?.[x] ?? 0)) & 0xff;
    }
    rows.push(row);
  }
  return rows;
}

function paint(rows: readonly Buffer[], width: number, height: number): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const light = ((rows[y]?.[x >> 3] ?? 0) >> (7 - (x & 7))) & 1;
      if (!light) rgba.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return rgba;
}
