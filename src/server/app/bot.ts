import { createQrMaker } from '../adapters/qr/qr-png.ts';
