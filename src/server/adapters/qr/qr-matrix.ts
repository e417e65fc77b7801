import { encode } from 'uqr';

/** The modules of a QR code, true is dark, without the quiet zone: for a drawing on a page. */
export const qrMatrix = (text: string): readonly (readonly boolean[])[] =>
  encode(text, { ecc: 'M', border: 0 }).data;
