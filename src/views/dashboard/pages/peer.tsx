import { bytes } from '../format.ts';
import { ActButton } from '../forms.tsx';
import { Icon } from '../icons.tsx';
import type { PeerModel } from '../models/people.ts';
import type { Shell } from '../models.ts';
import { Fact, Facts, may } from '../parts.tsx';
import { actions, confirmed, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { PeerStateMark } from '../states.tsx';
import { Code, Foreign, Moment, ProtocolName } from '../text.tsx';
import { HistoryList } from './history-list.tsx';

export function PeerPage({ shell, model }: { shell: Shell; model: PeerModel }) {
  const { t } = shell;
  const { peer } = model;
  return (
    <Layout
      shell={shell}
      title={t('peer-title', { id: peer.id.slice(0, 8) })}
      heading={peer.device.trim() === '' ? t('no-name') : <Foreign text={peer.device} whole={true} />}
      parent={{ href: paths.peers, name: t('nav-peers') }}
      tools={may(shell, 'operator') && <PeerActions shell={shell} model={model} />}
    >
      <PeerFacts shell={shell} model={model} />
      <h2>{t('wanted-actual')}</h2>
      <PeerWanted shell={shell} model={model} />
      <h2>{t('history')}</h2>
      <HistoryList shell={shell} rows={model.history} />
    </Layout>
  );
}

function PeerActions({ shell, model }: { shell: Shell; model: PeerModel }) {
  const { t } = shell;
  const paused = model.peer.state === 'paused';
  const { id } = model.peer;
  return (
    <>
      {model.can.revoke && (
        <ActButton action={paused ? actions.resumePeer(id) : actions.pausePeer(id)}>
          <Icon name={paused ? 'run' : 'pause'} /> {t(paused ? 'account-resume' : 'account-pause')}
        </ActButton>
      )}
      {model.can.reissue && (
        <a class="button small" href={confirmed.reissuePeer(model.peer.id)}>
          <Icon name="key" /> {t('peer-reissue')}
        </a>
      )}
      {model.can.revoke && (
        <a class="button small danger" href={confirmed.revokePeer(model.peer.id)}>
          <Icon name="cross" /> {t('peer-revoke')}
        </a>
      )}
    </>
  );
}

function PeerFacts({ shell, model }: { shell: Shell; model: PeerModel }) {
  const { t } = shell;
  const { peer } = model;
  return (
    <Facts>
      <Fact name={t('col-state')}>
        <PeerStateMark t={t} state={peer.state} />
      </Fact>
      <Fact name={t('col-account')}>
        <a href={paths.account(peer.accountId)}>
          {peer.accountName.trim() === '' ? t('no-name') : <Foreign text={peer.accountName} />}
        </a>
      </Fact>
      <Fact name={t('col-address')}>
        {peer.ip4 ? <Code t={t} text={peer.ip4} copy={true} /> : '–'}
        {peer.ip6 && <Code t={t} text={peer.ip6} copy={true} />}
      </Fact>
      <Fact name={t('col-handshake')}>
        <Moment setting={shell} at={peer.handshakeAt} never={t('never')} />
      </Fact>
      <Fact name={t('traffic')}>
        {peer.sentBytes === null && peer.receivedBytes === null
          ? '–'
          : t('traffic-both', { down: bytes(shell, peer.sentBytes), up: bytes(shell, peer.receivedBytes) })}
      </Fact>
      <Fact name={t('col-from')}>{model.endpoint ? <Code t={t} text={model.endpoint} /> : '–'}</Fact>
      <Fact name={t('col-node')}>
        <Foreign text={peer.node} />
      </Fact>
      <Fact name={t('col-since')}>
        <Moment setting={shell} at={peer.createdAt} />
      </Fact>
    </Facts>
  );
}

function PeerWanted({ shell, model }: { shell: Shell; model: PeerModel }) {
  const { t } = shell;
  const { peer } = model;
  return (
    <Facts>
      <Fact name={t('wanted')}>{peer.wanted ? t('yes') : t('no')}</Fact>
      <Fact name={t('generation')}>
        {t('generation-of', { applied: model.appliedGeneration, wanted: model.generation })}
      </Fact>
      <Fact name={t('col-changed')}>
        <Moment setting={shell} at={peer.changedAt} />
      </Fact>
      <Fact name={t('col-applied')}>
        <Moment setting={shell} at={model.appliedAt} never={t('never')} />
      </Fact>
      <Fact name={t('protocol')}>
        <ProtocolName name={peer.protocol} />
      </Fact>
      <Fact name={t('public-key')} long={true}>
        {peer.publicKey ? <Code t={t} text={peer.publicKey} copy={true} /> : '–'}
      </Fact>
    </Facts>
  );
}
