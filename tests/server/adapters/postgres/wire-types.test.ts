import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { useWireTypes, type WireTables } from '../../../../src/server/adapters/postgres/wire-types.ts';

const tables: WireTables = { parsers: {}, serializers: {} };
useWireTypes(tables);
const TEXT_ARRAY = 1009;

const element = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constant(null),
  fc.constantFrom('NULL', '', '{', '"', '\\', ' '),
);

test('any array of texts comes back as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.array(element, { minLength: 1 })), (rows) => {
      const wire = tables.serializers[TEXT_ARRAY]?.(rows);
      expect(tables.parsers[TEXT_ARRAY]?.(wire)).toEqual(rows);
    }),
  );
});

test('JSON that Drizzle already wrote is not written twice, an object is', () => {
  expect(tables.serializers[3802]?.('{"a":1}')).toBe('{"a":1}');
  expect(tables.serializers[3802]?.({ a: 1 })).toBe('{"a":1}');
});
