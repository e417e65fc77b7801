import { expect, test } from 'bun:test';
import { parseJunit } from '../../src/build/junit.ts';

// As `bun test --reporter=junit` of Bun 1.4.5 writes it.
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" assertions="1" failures="2" skipped="2" time="0.36">
  <testsuite name="tests/c.test.ts" file="tests/c.test.ts" tests="1" failures="0" skipped="0">
    <testcase name="fine" classname="" time="0.000069" file="tests/c.test.ts" line="2" assertions="0" />
  </testsuite>
  <testsuite name="tests/a.test.ts" file="tests/a.test.ts" tests="4" failures="2" skipped="2">
    <testsuite name="outer &lt;x&gt; &amp; &quot;q&quot;" file="tests/a.test.ts" line="2" tests="4">
      <testcase name="bad" classname="outer &lt;x&gt; &amp; &quot;q&quot;" file="tests/a.test.ts" line="2">
        <failure type="AssertionError" message="Expected: 2&#10;Received: 1">AssertionError: …</failure>
      </testcase>
      <testcase name="slow" classname="" file="tests/a.test.ts">
        <failure type="TimeoutError" message="test timed out" />
      </testcase>
      <testcase name="left" classname="" file="tests/a.test.ts">
        <skipped />
      </testcase>
      <testcase name="later" classname="" file="tests/a.test.ts">
        <skipped message="TODO" />
      </testcase>
    </testsuite>
  </testsuite>
</testsuites>`;

test('counts what passed and names what failed; a skipped test is a failure', () => {
  const report = parseJunit(REPORT);
  expect(report.passed).toBe(1);
  expect(report.failures).toEqual([
    { file: 'tests/a.test.ts', name: 'outer <x> & "q" > bad', message: 'Expected: 2\nReceived: 1' },
    { file: 'tests/a.test.ts', name: 'slow', message: 'test timed out' },
    { file: 'tests/a.test.ts', name: 'left', message: 'skipped: every test has to run' },
    { file: 'tests/a.test.ts', name: 'later', message: 'skipped: every test has to run' },
  ]);
  expect([...report.files]).toEqual(['tests/c.test.ts', 'tests/a.test.ts']);
});

test('a report that was never written holds nothing', () => {
  expect(parseJunit('')).toEqual({ passed: 0, failures: [], files: new Set() });
});
