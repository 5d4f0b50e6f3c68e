import { describe, expect, it } from 'vitest';
import { sampleServer, sampleService } from '../../../src/domain/sample-service.fake.js';
import { directorDocument, documentText, nftText } from '../story.js';

const service = sampleService();
const disabled = sampleService({
  realServers: [sampleServer({ number: 11, enabled: false }), sampleServer({ number: 12 })],
});
const both = directorDocument(service, [11, 12]);
const draining = directorDocument(disabled, [11, 12], [{ number: 11, address: '192.0.2.11' }]);
const drained = directorDocument(disabled, [11, 12]);

describe('a server that is drained', () => {
  it('stays in the document without weight', async () => {
    await expect(documentText(draining)).toMatchFileSnapshot('1-director-draining.json');
  });

  it('gives its slots away and keeps its flows', async () => {
    await expect(nftText(both, draining)).toMatchFileSnapshot('2-director-draining.nft');
  });

  it('leaves the table when the drain is over, and no slot moves', async () => {
    await expect(nftText(draining, drained)).toMatchFileSnapshot('3-director-drained.nft');
  });
});
