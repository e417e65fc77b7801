import { deflateSync } from 'node:zlib';
import { encode } from 'uqr';
import type { QrMaker } from '../../core/ports/courier.ts';

/** Light modules around the code, as ISO/IEC 18004 asks. */
const QUIET_ZONE = 4;
/** Pixels a module is wide and high: a module is then one byte of a 1-bit row. */
const SCALE = 8;

/**
 * QR codes as PNG, black on white, one bit a pixel. Error correction M (15 % may be unreadable), as a photo is
 * compressed on its way. The mask is fixed: trying all eight costs most of the time and only guards against
 * patterns that look alike, which base64 keys do not make.
 */
export function createQrMaker(): QrMaker {
  return {
    png(text) {
      const { data } = encode(text, { ecc: 'M', boostEcc: false, maskPattern: 0, border: QUIET_ZONE });
      return png(data);
    },
  };
}

/** PNG (RFC 2083): signature, IHDR, IDAT, IEND. */
function png(modules: readonly (readonly boolean[])[]): Uint8Array<ArrayBuffer> {
  const side = modules.length * SCALE;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // bit depth; colour type 0 (grey), no interlace: the zeros that follow
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const image = chunk('IDAT', deflateSync(scanlines(modules), { level: 1 }));
  const whole = Buffer.concat([signature, chunk('IHDR', header), image, chunk('IEND', Buffer.alloc(0))]);
  return new Uint8Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
}

/** Each module row once as it is, then seven times as "the same as above" (filter 2 with zeros). */
function scanlines(modules: readonly (readonly boolean[])[]): Buffer {
  const stride = modules.length + 1;
  const lines = Buffer.alloc(stride * modules.length * SCALE);
  for (const [y, row] of modules.entries()) {
    const start = y * SCALE * stride;
    for (const [x, dark] of row.entries()) lines[start + 1 + x] = dark ? 0x00 : 0xff;
    for (let repeat = 1; repeat < SCALE; repeat += 1) lines[start + repeat * stride] = 2;
  }
  return lines;
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(Bun.hash.crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
