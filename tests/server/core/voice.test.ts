import { describe, expect, test } from 'bun:test';
import type { Words } from '../../../src/server/core/ports/words.ts';
import { createVoice, escapeHtml } from '../../../src/server/core/voice.ts';

const words: Words = {
  say: (language, key, values) => `${language} <b>${key}</b> ${JSON.stringify(values)}`,
};

describe('F-G7: what people typed is harmless in our texts', () => {
  test('markup in a name stays a name', () => {
    expect(escapeHtml('<b>&amp;</b>')).toBe('&lt;b&gt;&amp;amp;&lt;/b&gt;');
  });

  test('control characters, writing-direction overrides and half characters are dropped', () => {
    expect(escapeHtml('a\0b\nc\u202ed\u2066e')).toBe('abcde');
    expect(escapeHtml('x\ud83d')).toBe('x\ufffd');
    expect(escapeHtml('👩‍🚀 שלום Ж')).toBe('👩‍🚀 שלום Ж');
  });

  test('html escapes strings only, in the values only', () => {
    const said = createVoice(words, 'ru').html('key', { name: '<i>', n: 3 });
    expect(said).toBe('ru <b>key</b> {"name":"&lt;i&gt;","n":3}');
  });

  test('plain leaves markup characters: buttons know no markup', () => {
    expect(createVoice(words, 'en').plain('key', { name: '<i>\0' })).toContain('"<i>"');
  });
});
