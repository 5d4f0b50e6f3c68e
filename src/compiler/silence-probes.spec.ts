import { describe, expect, it } from 'vitest';
import { sampleServer, sampleService } from '../domain/sample-service.fake.js';
import { serviceDocument } from './service-document.js';

const ATTESTATION = { actor: 'ops', at: new Date(0), ticket: null, revision: 5 };
const plain = sampleServer({ number: 12, managed: false });
const attested = sampleServer({ number: 11, managed: false, attestation: ATTESTATION });
const managed = sampleServer({ number: 13 });

describe('the directors are asked about', () => {
  it('servers without an agent, attested or not, whether they may get packets or not', () => {
    const service = sampleService({ realServers: [plain, managed, attested] });
    const probes = [
      { number: 11, address: '192.0.2.11', asked: 5 },
      { number: 12, address: '192.0.2.12', asked: 0 },
    ];
    expect(serviceDocument(service, new Set(), [])).toMatchObject({ servers: [], silenceProbes: probes });
    const admitted = serviceDocument(service, new Set([11, 13]), []);
    expect(admitted?.silenceProbes).toEqual(probes);
    expect(admitted?.servers.map(({ number }) => number)).toEqual([11, 13]);
  });

  it('disabled servers too, which may come back', () => {
    const service = sampleService({ realServers: [{ ...attested, enabled: false }] });
    expect(serviceDocument(service, new Set(), [])?.silenceProbes).toHaveLength(1);
  });

  it('nothing where every server has an agent, and the document does not even say so', () => {
    const service = sampleService({ realServers: [managed] });
    expect(serviceDocument(service, new Set([13]), [])).not.toHaveProperty('silenceProbes');
    expect(serviceDocument(service, new Set(), [])).toBeNull();
  });

  it.each([
    ['a service that is disabled', { enabled: false }],
    ['a service that is not forced to layer 4', { forceL4: false }],
  ])('nothing for %s', (_, changes) => {
    const service = sampleService({ realServers: [attested], ...changes });
    expect(serviceDocument(service, new Set(), [])).toBeNull();
  });
});
