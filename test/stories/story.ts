/** What a change means on each machine, as text to be read side by side: documents, nft's input, an agent's steps. */
import { serviceDocument, type Drain } from '../../src/compiler/service-document.js';
import { vipDocument } from '../../src/compiler/vip-document.js';
import type { ServiceDocument } from '../../src/contract/documents.js';
import type { VirtualService } from '../../src/domain/virtual-service.js';
import { isIpv6 } from '../../src/contract/canonical-address.js';
import { planVips } from '../../src/setup/host-plan/plan-vips.js';
import { UNRESTRAINED, type Lock } from '../../src/setup/host-plan/restraint.js';
import { elementDifference } from '../../src/forwarding/element-difference.js';
import { serviceElements } from '../../src/forwarding/service-elements.js';
import { transactionText } from '../../src/forwarding/transaction-text.js';
import type { Ground } from '../../src/forwarding/ground.js';
import { Segments } from '../../src/forwarding/segments.js';

const LAN = {
  name: 'eth0',
  mac: '02:00:5e:00:00:aa',
  up: true,
  mtu: 1500,
  loopback: false,
  addresses: [{ address: '192.0.2.10', prefixLength: 24, ours: false }],
};
const GROUND: Ground = { seed: 42, devices: ['eth0'], segments: new Segments([LAN]) };

/** A document as a reader wants it. */
export function documentText(body: object | null): string {
  return `${JSON.stringify(body, null, 2)}\n`;
}

/** The director's document when these servers have proved themselves. */
export function directorDocument(
  service: VirtualService,
  proved: readonly number[],
  drains: readonly Drain[] = [],
): ServiceDocument | null {
  return serviceDocument(service, new Set(proved), drains);
}

/** What nft is given to get from one document to the next. */
export function nftText(before: ServiceDocument | null, after: ServiceDocument | null): string {
  const elements = (body: ServiceDocument | null) => (body === null ? [] : serviceElements(body, GROUND));
  return transactionText([elementDifference(elements(before), elements(after))]);
}

/** The document of a real server's host. */
export function hostDocument(service: VirtualService) {
  return vipDocument(service.address, [service]);
}

/** The steps of an agent whose host nobody has touched, from nothing to these VIPs. */
export function agentSteps(vips: readonly string[]): string {
  const untouched = {
    interfaces: [],
    gateways: [],
    silence: { inForce: false, deviations: [], problems: [], kept: false },
    guard: { standing: false, inForce: false, addresses: new Set<string>(), advice: '' },
  };
  const steps = planVips({
    wanted: new Set(vips),
    gone: [],
    silenceNeeded: vips.some((vip) => !isIpv6(vip)),
    guardNeeded: vips.length > 0,
    view: untouched,
    ours: new Set(),
    awaited: [],
    restraint: UNRESTRAINED,
    borrowed: new Set(),
    settingsChanged: false,
    failed: new Set<Lock>(),
  });
  return steps.map((step) => `${JSON.stringify(step)}\n`).join('');
}
