import { bytes } from '../format.ts';
import { Table, Th } from '../lists.tsx';
import type { PeerRow } from '../models/people.ts';
import type { Shell } from '../models.ts';
import { paths } from '../paths.ts';
import { PeerStateMark } from '../states.tsx';
import { Foreign, Moment, ProtocolName } from '../text.tsx';

export interface PeersTableProps {
  readonly shell: Shell;
  readonly rows: readonly PeerRow[];
  readonly withAccount: boolean;
}

export function PeersTable({ shell, rows, withAccount }: PeersTableProps) {
  const { t } = shell;
  return (
    <Table
      label={t('nav-peers')}
      head={
        <>
          <Th text={t('col-device')} />
          {withAccount && <Th text={t('col-account')} />}
          <Th class="w-address" text={t('col-address')} />
          <Th class="w-state" text={t('col-state')} />
          <Th class="w-time" text={t('col-handshake')} />
          <Th class="w-size number hide-m" text={t('col-received')} />
          <Th class="w-size number hide-m" text={t('col-sent')} />
          <Th class="w-word hide-m" text={t('col-node')} />
        </>
      }
    >
      {rows.map((row) => (
        <PeerLine shell={shell} row={row} withAccount={withAccount} />
      ))}
    </Table>
  );
}

function PeerLine({ shell, row, withAccount }: { shell: Shell; row: PeerRow; withAccount: boolean }) {
  const { t } = shell;
  return (
    <tr id={`peer-${row.id}`}>
      <td>
        <a class="row-link" href={paths.peer(row.id)}>
          {row.device.trim() === '' ? t('no-name') : <Foreign text={row.device} />}
        </a>
      </td>
      {withAccount && (
        <td class="beside-first">
          <a href={paths.account(row.accountId)}>
            {row.accountName.trim() === '' ? t('no-name') : <Foreign text={row.accountName} />}
          </a>
        </td>
      )}
      <td class="code">{row.ip4 ?? <ProtocolName name={row.protocol} />}</td>
      <td>
        <PeerStateMark t={t} state={row.state} />
      </td>
      <td data-label={t('col-handshake')}>
        <Moment setting={shell} at={row.handshakeAt} never={t('never')} />
      </td>
      <td class="number hide-m">{bytes(shell, row.receivedBytes)}</td>
      <td class="number hide-m">{bytes(shell, row.sentBytes)}</td>
      <td class="hide-m">
        <Foreign text={row.node} />
      </td>
    </tr>
  );
}
