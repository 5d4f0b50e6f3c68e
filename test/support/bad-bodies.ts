/** Bodies from which no virtual service is made. */
import { randomUUID } from 'node:crypto';

export const VALID = { address: '192.0.2.100', port: 80, protocol: 'tcp' };

export const json = JSON.stringify;
const validWith = (changes: object) => json({ ...VALID, ...changes });

/** What is sent, and what is told of it. */
export const BAD_BODIES: readonly [name: string, body: string | Buffer, errors: string[]][] = [
  ['that is nothing', '', ['body-required']],
  ['that is no JSON', '{"address":', ['json-malformed']],
  ['that is a list', '[]', ['body-not-object']],
  ['that is no UTF-8', Buffer.from('7b22ff223a317d', 'hex'), ['body-not-utf-8']],
  [
    'without what is needed',
    '{}',
    ['field-required /address', 'field-required /port', 'field-required /protocol'],
  ],
  ['with an unknown field', validWith({ owner: 'me' }), ['unknown-field /owner']],
  [
    'with a field that is ours',
    validWith({ id: randomUUID(), revision: 1, status: {} }),
    ['unknown-field /id', 'unknown-field /revision', 'unknown-field /status'],
  ],
  [
    'with an unknown field in a server',
    validWith({ realServers: [{ address: '192.0.2.11', drain: true }] }),
    ['unknown-field /realServers/0/drain'],
  ],
  [
    'with a key twice',
    '{"address":"192.0.2.100","port":80,"port":81,"protocol":"tcp"}',
    ['duplicate-key /port'],
  ],
  [
    'with __proto__',
    '{"address":"192.0.2.100","port":80,"protocol":"tcp","__proto__":{"enabled":false}}',
    ['unknown-field /__proto__'],
  ],
  [
    'with a constructor',
    validWith({ constructor: { prototype: { x: 1 } } }),
    ['unknown-field /constructor', 'unknown-field /constructor/prototype'],
  ],
  [
    'with __proto__ for a tag',
    '{"address":"192.0.2.100","port":80,"protocol":"tcp","tags":{"__proto__":"x"}}',
    ['unknown-field /tags/__proto__'],
  ],
  ['with NUL in a name', validWith({ name: 'a\0b' }), ['text-not-storable /name']],
  ['with half a surrogate pair', validWith({ name: '\ud800' }), ['text-not-storable /name']],
  [
    'with half a surrogate pair in a tag',
    validWith({ tags: { a: '\udc00' } }),
    ['text-not-storable /tags/a'],
  ],
  ['with control characters in a name', validWith({ name: 'a\u001b[2J' }), ['field-invalid /name']],
  ['with a line feed in a name', validWith({ name: 'a\nb' }), ['field-invalid /name']],
  ['with a name without an end', validWith({ name: 'x'.repeat(256) }), ['field-invalid /name']],
  [
    'with a huge number',
    '{"address":"192.0.2.100","port":1e999,"protocol":"tcp"}',
    ['number-out-of-range /port'],
  ],
  [
    'with a number that loses digits',
    '{"address":"192.0.2.100","port":9007199254740993,"protocol":"tcp"}',
    ['number-out-of-range /port'],
  ],
  ['with a port that is text', validWith({ port: '80' }), ['field-invalid /port']],
  ['with a port that is a fraction', validWith({ port: 80.5 }), ['field-invalid /port']],
  ['with port 0', validWith({ port: 0 }), ['field-invalid /port']],
  ['with port 65536', validWith({ port: 65_536 }), ['field-invalid /port']],
  ['with a port that is null', validWith({ port: null }), ['field-invalid /port']],
  ['with another protocol', validWith({ protocol: 'TCP' }), ['field-invalid /protocol']],
  ['with a flag that is text', validWith({ enabled: 'true' }), ['field-invalid /enabled']],
  ['with a flag that is null', validWith({ forceL4: null }), ['field-invalid /forceL4']],
  ['with a flow affinity that is a number', validWith({ flowAffinity: 0 }), ['field-invalid /flowAffinity']],
  ['with tags that are a list', validWith({ tags: ['a'] }), ['field-invalid /tags']],
  ['with tags that hold numbers', validWith({ tags: { a: 1 } }), ['field-invalid /tags']],
  [
    'with too many tags',
    validWith({ tags: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`t${n}`, ''])) }),
    ['field-invalid /tags'],
  ],
  ['with servers that are an object', validWith({ realServers: {} }), ['field-invalid /realServers']],
  ['with servers that are null', validWith({ realServers: null }), ['field-invalid /realServers']],
  ['with null among its servers', validWith({ realServers: [null] }), ['field-invalid /realServers']],
  [
    'with a thousand and one servers',
    validWith({ realServers: Array.from({ length: 1_001 }, () => ({ address: '192.0.2.11' })) }),
    ['field-invalid /realServers'],
  ],
  [
    'with a weight out of range',
    validWith({ realServers: [{ address: '192.0.2.11', weight: 65_536 }] }),
    ['field-invalid /realServers/0/weight'],
  ],
  ['with a drain of a year', validWith({ drainSeconds: 31_536_000 }), ['field-invalid /drainSeconds']],
  [
    'with half a persistence',
    validWith({ persistence: { type: 'source-ip' } }),
    ['field-required /persistence/prefixLength', 'field-required /persistence/timeoutSeconds'],
  ],
  ['with a health check that is text', validWith({ healthCheck: 'tcp' }), ['field-invalid /healthCheck']],
  [
    'with a path that is no path',
    validWith({ healthCheck: { type: 'http', path: 'x y\r\nHost: z' } }),
    ['field-invalid /healthCheck/path'],
  ],
  ['with a zone id', validWith({ address: '2001:db8::1%eth0' }), ['address-not-usable /address']],
  [
    'with an address that is an object',
    validWith({ address: { v4: '192.0.2.1' } }),
    ['field-invalid /address'],
  ],
  [
    'with many things wrong',
    json({ address: 5, port: '80', protocol: 'x', a: 1, realServers: [{ weight: -1 }] }),
    [
      'field-invalid /address',
      'field-invalid /port',
      'field-invalid /protocol',
      'field-invalid /realServers/0/weight',
      'field-required /realServers/0/address',
      'unknown-field /a',
    ],
  ],
];
