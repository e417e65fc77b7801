import { AppError } from '../../core/errors.ts';

/**
 * Listens, or says which address cannot be had. Outside development Bun shares a port with any program of the same user
 * (SO_REUSEPORT), against its documentation: two Adits would each get some of the requests. So whoever listens passes
 * `reusePort: false`.
 */
export function aloneAt(place: { readonly host: string; readonly port: number }, listen: () => void): void {
  try {
    listen();
  } catch (cause) {
    const at = `${place.host}:${place.port}`;
    const message = `Cannot listen at ${at}: another program has that port, or the address is not this machine's. Set HTTP_HOST and HTTP_PORT.`;
    throw new AppError('conflict', message, { cause });
  }
}
