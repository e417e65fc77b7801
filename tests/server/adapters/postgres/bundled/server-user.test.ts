import { describe, expect, test } from 'bun:test';
import {
  chooseServerUser,
  steppingDown,
} from '../../../../../src/server/adapters/postgres/bundled/server-user.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

describe('the user of the bundled server', () => {
  test('is ourselves when we are not root', () => {
    expect(chooseServerUser(1000, PASSWD)).toBeUndefined();
    expect(steppingDown(undefined)).toEqual(['setpriv', '--pdeathsig', 'INT', '--']);
  });

  test('is adit when there is one, else nobody', () => {
    expect(chooseServerUser(0, PASSWD)).toEqual({ name: 'nobody', uid: 65534, gid: 65534 });
    const user = chooseServerUser(0, `${PASSWD}adit:x:990:991::/var/lib/adit:/bin/false\n`);
    expect(user).toEqual({ name: 'adit', uid: 990, gid: 991 });
    expect(steppingDown(user)).toEqual([
      'setpriv',
      '--pdeathsig',
      'INT',
      '--reuid=990',
      '--regid=991',
      '--clear-groups',
      '--',
    ]);
  });

  test('must exist', () => {
    expect(() => chooseServerUser(0, 'root:x:0:0::/root:/bin/sh\n')).toThrow('no user "adit"');
  });
});
