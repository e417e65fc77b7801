import { expect, test } from 'bun:test';
import { groupTests, needsOf } from '../../src/build/test-groups.ts';

test('every file is in one group; units come first', () => {
  const files = [
    'tests/e2e/b.test.ts',
    'tests/simulator/c.test.ts',
    'tests/z.test.ts',
    'tests/browser/d.test.ts',
  ];
  const groups = groupTests(files);
  expect(groups.map((group) => group.name)).toEqual([
    'units and contracts',
    'simulator',
    'whole binary',
    'browser',
  ]);
  expect(groups.flatMap((group) => group.files).toSorted()).toEqual(files.toSorted());
});

test('a group without files is left out', () => {
  expect(groupTests(['tests/e2e/b.test.ts']).map((group) => group.name)).toEqual(['whole binary']);
});

test('needs are read from the first lines only', () => {
  expect(needsOf('// needs root\n// needs chromium\nimport x')).toEqual(['root', 'chromium']);
  expect(needsOf('// needs v2ray')).toEqual(['v2ray']);
  expect(needsOf('import x\n\n\n\n\n\n// needs root')).toEqual([]);
  expect(needsOf("const a = '// needs root';")).toEqual([]);
});
