/**
 * Looks at everything on a host that a diagnosis may need: what the agent was told and wrote down, how the host is set
 * up, and how its services answer. It asks no control plane, sends nothing off the host, and changes nothing.
 */
import pLimit from 'p-limit';
import { bodyDecoder } from '../../contract/decode-documents.js';
import type { Document, VipDocument, VipService } from '../../contract/documents.js';
import { readHeld } from '../../link/held/held-store.js';
import { loadIdentity } from '../../link/node-identity.js';
import type { Logger } from '../../platform/logger.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { addressPlaces, isHostPlace, type AddressPlaces } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';
import type { ReadHost } from '../proofs/host-readings.js';
import type { Outcome } from '../proofs/outcome.js';
import { probeTcp } from '../proofs/probe-tcp.js';
import { probeUdp } from '../proofs/probe-udp.js';
import type { ProbeService } from '../proofs/probe-service.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import type { Asked, Examine, Examined } from './examined.js';

const ANSWER_MS = 500;
const MOST_AT_ONCE = 32;
/** Of a host's own addresses so many are tried. */
const MOST_ADDRESSES = 4;

export interface Instruments {
  readonly stateDir: string;
  readonly examine: Examine;
  readonly readHost: ReadHost;
  readonly probe: ProbeService;
  readonly agentRuns: () => Promise<boolean | null>;
  readonly logger: Logger;
}

export async function examineHost(instruments: Instruments): Promise<Examined> {
  const { stateDir, examine, readHost, logger } = instruments;
  const identity = await loadIdentity(stateDir, 'agent');
  const { held, kept } = await readHeld(stateDir);
  const documents = held.usable().flatMap(vipOf);
  const [view, readings, ledger, agentRuns] = await Promise.all([
    examine(documents),
    readHost(),
    VipLedger.open(stateDir, logger),
    instruments.agentRuns(),
  ]);
  const places = addressPlaces(view);
  return {
    joined: identity !== undefined,
    addresses: identity?.addresses ?? [],
    agentRuns,
    kept,
    ledgerDamaged: ledger.damaged,
    view,
    places,
    readings,
    vips: await askAll(documents, { view, places }, instruments.probe),
  };
}

/** None for a body that no agent would take. */
function vipOf({ body }: Document): VipDocument[] {
  const decoded = bodyDecoder('agent')(body);
  return decoded.ok && decoded.value.kind === 'vip' ? [decoded.value] : [];
}

function askAll(
  documents: readonly VipDocument[],
  { view, places }: Pick<Examined, 'view' | 'places'>,
  probe: ProbeService,
): Promise<Examined['vips']> {
  const limit = pLimit(MOST_AT_ONCE);
  return Promise.all(
    documents.map(async (document) => {
      const held = isHeld(document.address, places);
      const asked = document.services.map((service) =>
        limit(() => (held ? ask(document.address, service, view, probe) : notAsked(service))),
      );
      return { document, asked: await Promise.all(asked) };
    }),
  );
}

/** Anybody else's VIP must not be asked: the question would leave the host. */
function isHeld(address: string, places: AddressPlaces): boolean {
  return (places.get(address) ?? []).some((place) => isHostPlace(address, place));
}

function notAsked(service: VipService): Asked {
  return { service, outcomes: [], elsewhere: [] };
}

async function ask(vip: string, service: VipService, view: HostView, probe: ProbeService): Promise<Asked> {
  const outcomes = await probe(vip, service);
  const refused = outcomes.length > 0 && outcomes.every(({ outcome }) => outcome.kind === 'refused');
  return { service, outcomes, elsewhere: refused ? await listening(vip, service, view) : [] };
}

/** Addresses of the host's network cards on which the service listens. */
async function listening(vip: string, { protocol, port }: VipService, view: HostView): Promise<string[]> {
  const own = view.interfaces
    .flatMap(({ loopback, addresses }) => (loopback ? [] : addresses))
    .map(({ address }) => address)
    .filter((address) => isIpv6(address) === isIpv6(vip) && !/^fe[89ab]/.test(address));
  const tried = own.slice(0, MOST_ADDRESSES).map(async (address) => {
    const outcome = await (protocol === 'tcp' ? probeTcp : probeUdp)(address, port, ANSWER_MS);
    return isThere(outcome) ? [address] : [];
  });
  return (await Promise.all(tried)).flat();
}

function isThere({ kind }: Outcome): boolean {
  return kind === 'answered' || kind === 'silent' || kind === 'other-source';
}
