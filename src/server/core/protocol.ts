/** What a peer speaks. */
export type Protocol = 'wireguard' | 'vless';

/** In the order in which they are offered. */
export const PROTOCOLS: readonly Protocol[] = ['wireguard', 'vless'];
