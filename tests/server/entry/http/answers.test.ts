import { describe, expect, test } from 'bun:test';
import { localPath } from '../../../../src/server/entry/http/answers.ts';
import { readCookies } from '../../../../src/server/entry/http/cookies.ts';
import { isSameOrigin } from '../../../../src/server/entry/http/same-origin.ts';

describe('a way back is one of ours', () => {
  test.each(['/', '/peers?q=a%20b&state=late', '/a/b#c', '/..'])('%s', (path) => {
    expect(localPath(path, '/home')).toBe(path);
  });
  test.each([
    null,
    '',
    'peers',
    '//evil.example',
    '/\\evil.example',
    '/\n/evil.example',
    '/ /x',
    'https://evil.example',
    '/é',
  ])('not %p', (path) => {
    expect(localPath(path, '/home')).toBe('/home');
  });
});

test('of two cookies of a name the first counts; what is no cookie is passed over', () => {
  const headers = new Headers({ cookie: 'a=1; b = 2 ;a=3; nonsense; =4; c=x=y' });
  expect([...readCookies(headers)]).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', 'x=y'],
  ]);
});

describe('F-S10 same origin', () => {
  const asked = (headers: Record<string, string>) => isSameOrigin(new Headers(headers), 'adit.example:8080');

  test.each([
    [{ origin: 'http://adit.example:8080' }],
    [{ origin: 'http://ADIT.example:8080', 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-origin' }],
  ])('%p', (headers) => {
    expect(asked(headers as Record<string, string>)).toBe(true);
  });

  test.each([
    [{}],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: 'http://adit.example' }],
    [{ origin: 'http://adit.example:8080.evil.example' }],
    [{ origin: 'http://adit.example:8080@evil.example' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://adit.example:8080', 'sec-fetch-site': 'cross-site' }],
  ])('not %p', (headers) => {
    expect(asked(headers as Record<string, string>)).toBe(false);
  });
});
