/** Decodes what travels up. A report is taken whole or refused whole: half a truth about a host is none. */
import { ASKED_MEMBERS, ASKED_PAGE, POSITION_MEMBERS } from './decode-documents.js';
import { CONTRACT_FORMAT } from './documents.js';
import type { JoinRequest, NodeRole } from './join.js';
import {
  LONGEST_DRIFT_TEXT,
  LONGEST_INTERFACE_NAME,
  LONGEST_MESSAGE,
  MOST_ADDRESSES,
  MOST_CONDITIONS,
  MOST_GATEWAYS,
  MOST_INTERFACES,
} from './report-limits.js';
import {
  MOST_DRIFTS,
  MOST_STRANGERS,
  type Report,
  type ServiceFact,
  MOST_REPORTED_NEIGHBOURS,
  MOST_REPORTED_STRANGERS,
} from './report.js';
import { COUNTER, exactly, strictDecoder, type Decoder } from './strict-decoder.js';

const ADDRESS = { type: 'string', format: 'canonical-address' };
const SHORT_TEXT = { type: 'string', maxLength: 128 };
const LONG_TEXT = { type: 'string', maxLength: LONGEST_MESSAGE };
/** UpperCamelCase, as conditions have it. */
const ETHERNET_ADDRESS = { type: 'string', pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' };
const WORD = { type: 'string', pattern: '^[A-Z][A-Za-z0-9]{0,63}$' };
const MOST_ITEMS = 100_000;
const list = (items: object, maxItems = MOST_ITEMS) => ({ type: 'array', maxItems, items });

const HOST = exactly({
  interfaces: list(
    exactly({
      name: { type: 'string', minLength: 1, maxLength: LONGEST_INTERFACE_NAME },
      mac: ETHERNET_ADDRESS,
      up: { type: 'boolean' },
      mtu: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
      addresses: list({ type: 'string', format: 'interface-address' }, MOST_ADDRESSES),
    }),
    MOST_INTERFACES,
  ),
  gateways: list(ADDRESS, MOST_GATEWAYS),
});

const VERDICT = { status: { enum: ['True', 'False', 'Unknown'] }, reason: WORD, message: LONG_TEXT };

const COMMON = {
  format: { const: CONTRACT_FORMAT },
  sequence: COUNTER,
  position: { anyOf: [{ type: 'null' }, exactly(POSITION_MEMBERS)] },
  revision: COUNTER,
  host: HOST,
  conditions: list(exactly({ type: WORD, ...VERDICT }), MOST_CONDITIONS),
  faults: list(
    exactly({
      key: { type: 'string', minLength: 1, maxLength: 128 },
      versionInForce: { anyOf: [{ type: 'null' }, COUNTER] },
      reason: WORD,
      message: LONG_TEXT,
    }),
  ),
};

const some = (...values: string[]) => ({ type: 'array', uniqueItems: true, items: { enum: values } });

const SILENCE_FACT = exactly(
  {
    number: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 },
    asked: COUNTER,
    onSegment: { type: 'boolean' },
    silent: { type: 'boolean', nullable: true },
    reason: WORD,
    message: LONG_TEXT,
  },
  { strangers: { type: 'array', maxItems: MOST_STRANGERS, items: ETHERNET_ADDRESS } },
);

const HEALTH_FACT = exactly({
  number: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 },
  healthy: { type: 'boolean', nullable: true },
  reason: WORD,
  message: LONG_TEXT,
  since: { type: 'string', format: 'instant' },
});

const DRIFT_TEXT = { type: 'string', maxLength: LONGEST_DRIFT_TEXT };
const DRIFT = exactly({
  total: COUNTER,
  latest: {
    type: 'array',
    maxItems: MOST_DRIFTS,
    items: exactly({
      thing: { type: 'string', minLength: 1, maxLength: LONGEST_DRIFT_TEXT },
      found: DRIFT_TEXT,
      wanted: DRIFT_TEXT,
      firstAt: { type: 'string', format: 'instant' },
      lastAt: { type: 'string', format: 'instant' },
      count: COUNTER,
      repaired: { type: 'boolean' },
    }),
  },
});

const SEGMENT = exactly({
  strangers: list(exactly({ vip: ADDRESS, mac: ETHERNET_ADDRESS, count: COUNTER }), MOST_REPORTED_STRANGERS),
  neighbours: list(
    exactly({
      address: ADDRESS,
      mac: { anyOf: [{ type: 'null' }, ETHERNET_ADDRESS] },
      reason: WORD,
      message: LONG_TEXT,
    }),
    MOST_REPORTED_NEIGHBOURS,
  ),
  repairs: COUNTER,
});

const DIRECTOR_REPORT = exactly(
  {
    ...COMMON,
    role: { const: 'director' },
    complete: { type: 'boolean' },
    health: list(HEALTH_FACT),
    silence: list(SILENCE_FACT),
    engine: exactly(
      { driver: SHORT_TEXT, version: SHORT_TEXT },
      { tableDigest: { type: 'string', pattern: '^[0-9a-f]{16}$' } },
    ),
    capabilities: exactly(
      {
        protocols: some('tcp', 'udp'),
        addressFamilies: some('ipv4', 'ipv6'),
        forwardingMethods: some('direct-return', 'nat'),
        schedulers: some('maglev', 'source-hash', 'round-robin'),
        persistence: some('source-ip'),
        healthChecks: some('none', 'tcp', 'http', 'https', 'udp'),
        backupServers: { type: 'boolean' },
        portRanges: { type: 'boolean' },
        flowAffinity: some('ipv4', 'ipv6'),
      },
      { statelessServices: { type: 'boolean' } },
    ),
  },
  { drift: DRIFT, segment: SEGMENT },
);

const SERVICE_FACT = exactly(
  {
    ...ASKED_MEMBERS,
    ready: { type: 'boolean', nullable: true },
    answers: exactly(VERDICT),
    firewall: exactly(VERDICT),
  },
  ASKED_PAGE,
);

const AGENT_REPORT = exactly(
  {
    ...COMMON,
    role: { const: 'agent' },
    complete: { type: 'boolean' },
    vips: list(
      exactly({
        address: ADDRESS,
        bound: { type: 'boolean' },
        silent: { type: 'boolean' },
        reason: WORD,
        message: LONG_TEXT,
        services: list(SERVICE_FACT),
      }),
    ),
    drift: DRIFT,
  },
  { leaving: { const: true } },
);

const DECODERS: Readonly<Record<NodeRole, Decoder<Report>>> = {
  director: namesEachOnce(strictDecoder<Report>(DIRECTOR_REPORT)),
  agent: namesEachOnce(strictDecoder<Report>(AGENT_REPORT)),
};

/** Two conditions of one type, two facts about one VIP or server, two faults of one document, or two drifts of one thing leave open which of them holds. */
function namesEachOnce(decode: Decoder<Report>): Decoder<Report> {
  return (input) => {
    const decoded = decode(input);
    if (!decoded.ok) return decoded;
    const { value: report } = decoded;
    const names: (string | number)[][] = [
      report.faults.map(({ key }) => key),
      report.conditions.map(({ type }) => type),
    ];
    if (report.role === 'director') {
      names.push(report.silence.map(({ number }) => number));
      names.push(report.health.map(({ number }) => number));
      names.push((report.segment?.strangers ?? []).map(({ vip, mac }) => `${vip} ${mac}`));
      names.push((report.segment?.neighbours ?? []).map(({ address }) => address));
    }
    if (report.role === 'agent') {
      names.push(report.vips.map(({ address }) => address));
      names.push(
        report.vips.flatMap(({ address, services }) => services.map((each) => serviceIn(address, each))),
      );
    }
    names.push((report.drift?.latest ?? []).map(({ thing }) => thing));
    const once = names.every((each) => new Set(each).size === each.length);
    return once
      ? decoded
      : {
          ok: false,
          problem: 'it says two things of one condition, VIP, service, server, document or drift',
        };
  };
}

function serviceIn(vip: string, { protocol, port }: ServiceFact): string {
  return `${vip} ${protocol} ${port}`;
}

/** The decoder for the reports of a node of this role. */
export function reportDecoder(role: NodeRole): Decoder<Report> {
  return DECODERS[role];
}

export const decodeJoinRequest = strictDecoder<JoinRequest>(
  exactly({
    format: { const: CONTRACT_FORMAT },
    joinToken: { type: 'string', maxLength: 128 },
    role: { enum: ['director', 'agent'] },
    addresses: list(ADDRESS),
  }),
);
