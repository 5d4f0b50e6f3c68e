/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';
import { EXAMPLE_SERVICE_ID } from '../http/openapi/example-ids.js';

export const CREATE_EXAMPLES: BodyExamples = {
  'two-servers': {
    summary: 'A web shop on two real servers, checked over TCP',
    value: {
      name: 'shop',
      description: 'The web shop, ticket CHG0042',
      address: '192.0.2.200',
      port: 80,
      protocol: 'tcp',
      healthCheck: { type: 'tcp', intervalSeconds: 5 },
      tags: { env: 'prod' },
      realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.12' }],
    },
  },
  'web-page': {
    summary: 'HTTPS, checked by a page; a third server stands in when too few are healthy',
    value: {
      name: 'portal',
      address: '192.0.2.201',
      port: 443,
      protocol: 'tcp',
      healthCheck: { type: 'https', path: '/healthz' },
      slowStartSeconds: 60,
      realServers: [
        { address: '192.0.2.11' },
        { address: '192.0.2.12', weight: 500 },
        { address: '192.0.2.13', backup: true },
      ],
    },
  },
  dns: {
    summary: 'DNS over UDP: nothing is remembered, which costs least per packet',
    value: {
      name: 'dns',
      address: '192.0.2.202',
      port: 53,
      protocol: 'udp',
      flowAffinity: false,
      realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.12' }],
    },
  },
  ipv6: {
    summary: 'IPv6, a client stays with its server for an hour',
    value: {
      name: 'shop-v6',
      address: '2001:db8::200',
      port: 80,
      protocol: 'tcp',
      persistence: { type: 'source-ip', timeoutSeconds: 3600, prefixLength: 64 },
      realServers: [{ address: '2001:db8::11' }, { address: '2001:db8::12' }],
    },
  },
};

export const PATCH_EXAMPLES: BodyExamples = {
  rename: {
    summary: 'Another name and tags',
    value: { name: 'shop-eu', tags: { env: 'prod', region: 'eu' } },
  },
  disable: { summary: 'Know it, but do not forward it', value: { enabled: false } },
  'back-to-default': { summary: 'Null brings a field back to its default', value: { drainSeconds: null } },
};

const WEB = { address: '192.0.2.203', protocol: 'tcp', realServers: [{ address: '192.0.2.11' }] };

export const BULK_EXAMPLES: BodyExamples = {
  create: {
    summary: 'Two ports of one address',
    value: {
      create: [
        { ...WEB, port: 80 },
        { ...WEB, port: 443 },
      ],
    },
  },
  exchange: {
    summary: 'Another one takes over its place, as one revision',
    value: {
      create: [
        {
          name: 'shop-2',
          address: '192.0.2.200',
          port: 80,
          protocol: 'tcp',
          realServers: [{ address: '192.0.2.13' }],
        },
      ],
      delete: [{ id: EXAMPLE_SERVICE_ID }],
    },
  },
  patch: {
    summary: 'Changes, each with the id of what it is for',
    value: { patch: [{ id: EXAMPLE_SERVICE_ID, drainSeconds: 60, tags: { env: 'prod', wave: '2' } }] },
  },
};
