import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { VlessId } from '../../src/server/core/ids.ts';
import {
  dialledBy,
  parseVlessTemplate,
  readVlessLink,
  renderVlessLink,
} from '../../src/server/core/vless-link.ts';

const ID = '01234567-89ab-8def-8123-456789abcdef' as VlessId;
const PBK = 'jNXHt1yRo0vDuchQlIP6Z0ZvjT3KtzVI-T4E7RoLJS0';

describe('a template', () => {
  test('of Reality, TLS and WebSocket is read whole', () => {
    const reality = parseVlessTemplate(
      `vless://anybody@vpn.example.org:443?security=reality&pbk=${PBK}&sni=www.example.com&sid=ab12&fp=chrome&type=tcp&flow=xtls-rprx-vision#Our%20server`,
    );
    expect(reality).toMatchObject({ host: 'vpn.example.org', port: 443, security: 'reality', type: 'tcp' });
    expect(reality.flow).toBe('xtls-rprx-vision');
    expect(dialledBy(reality)).toBe('vpn.example.org:443');
    const ws = parseVlessTemplate('vless://[2001:db8::1]:8443?type=ws&path=%2Fa%3Fb%26c%3D1&security=tls');
    expect(ws).toMatchObject({ host: '[2001:db8::1]', port: 8443, type: 'ws', flow: '' });
    expect(ws.parameters).toContainEqual(['path', '/a?b&c=1']);
    expect(parseVlessTemplate('vless://x@192.0.2.1:80')).toMatchObject({ security: 'none', type: 'tcp' });
  });

  const refused: readonly (readonly [text: string, says: string])[] = [
    ['vless://', 'form'],
    ['https://a:1', 'form'],
    ['vless://x@:443', 'form'],
    ['vless://x@a b:443', 'form'],
    ['vless://x@a:443?q=1 2', 'form'],
    ['vless://x@2001:db8::1:443', 'form'],
    ['vless://x@vpn.example.org', 'no port'],
    ['vless://x@vpn.example.org:0', 'no port'],
    ['vless://x@vpn.example.org:65536', 'no port'],
    ['vless://x@a:1?security=xtls', 'security is "xtls"'],
    ['vless://x@a:1?type=quic5', 'type is "quic5"'],
    ['vless://x@a:1?security=tls&security=none', 'says security twice'],
    ['vless://x@a:1?path=%zz', '%'],
    ['vless://x@a:1?security=reality&sni=b', 'pbk'],
    ['vless://x@a:1?security=reality&pbk=short&sni=b', 'pbk'],
    [`vless://x@a:1?security=reality&pbk=${PBK}`, 'sni'],
    [`vless://x@a:1?security=reality&pbk=${PBK}&sni=b&sid=abc`, 'sid'],
    ['vless://x@a:1?security=tls&flow=xtls-rprx-direct', 'flow is'],
    ['vless://x@a:1?flow=xtls-rprx-vision', 'needs security'],
    ['vless://x@a:1?security=tls&type=ws&flow=xtls-rprx-vision', 'needs security'],
    ['vless://x@a:1?encryption=aes', 'encryption'],
  ];
  test.each(refused)('%s is refused', (text, says) => {
    expect(() => parseVlessTemplate(text)).toThrow(says);
  });
});

describe('a link', () => {
  test('is the template with the id and the name of one user', () => {
    const template = parseVlessTemplate('vless://me@vpn.example.org:443?security=tls&type=ws&path=/x#old');
    expect(renderVlessLink(template, ID, 'My phone')).toBe(
      `vless://${ID}@vpn.example.org:443?security=tls&type=ws&path=%2Fx#My%20phone`,
    );
    expect(renderVlessLink(parseVlessTemplate('vless://a:1'), ID, 'x')).toBe(`vless://${ID}@a:1#x`);
  });

  test('an id that is none is never put into one', () => {
    const template = parseVlessTemplate('vless://a:1');
    for (const id of ['', 'x', `${ID}@evil:1#`, ID.toUpperCase()]) {
      expect(() => renderVlessLink(template, id as VlessId, 'x')).toThrow('UUID');
    }
  });

  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\nb', '\r\0\u2028', '[Peer]\nPostUp=', '#"$();', "'*<b>&", '😀 имя', '%41', '\ud800'),
  );
  const values = fc.string({ unit: 'binary' }).filter((each) => each.isWellFormed());
  const key = fc.stringMatching(/^[a-zA-Z]{1,8}$/).filter((each) => !KNOWN.has(each));

  test('F-S1: any name and any parameter come back as they were, and the link is one word of plain ASCII', () => {
    const extras = fc.uniqueArray(fc.tuple(key, values), { selector: ([name]) => name });
    fc.assert(
      fc.property(names, extras, (name, parameters) => {
        const template = { ...parseVlessTemplate('vless://vpn.example.org:443?security=tls'), parameters };
        const link = renderVlessLink(template, ID, name);
        expect(link).toMatch(/^[\x21-\x7e]+$/);
        expect(link).not.toMatch(/["'<>()*\\]/);
        const read = readVlessLink(link);
        expect(read.id).toBe(ID);
        expect(read.name).toBe(name.toWellFormed());
        expect(read.template.parameters).toEqual(parameters);
        expect(read.template.host).toBe('vpn.example.org');
      }),
      { numRuns: 500 },
    );
  });

  test('a template made into a link is the same template', () => {
    const text = `vless://vpn.example.org:443?security=reality&pbk=${PBK}&sni=www.example.com&spx=%2F`;
    const template = parseVlessTemplate(text);
    expect(readVlessLink(renderVlessLink(template, ID, 'x')).template).toEqual(template);
  });
});

/** Names that have a meaning: a random value would rightly be refused. */
const KNOWN = new Set(['security', 'type', 'flow', 'encryption', 'pbk', 'sni', 'sid']);
