import { describe, expect, it } from 'vitest';
import { sampleService } from '../../../src/domain/sample-service.fake.js';
import { agentSteps, directorDocument, documentText, hostDocument, nftText } from '../story.js';

const service = sampleService();

describe('a service with two servers', () => {
  it('asks each host for the VIP', async () => {
    await expect(documentText(hostDocument(service))).toMatchFileSnapshot('1-host.json');
  });

  it('is taken by a host in the order that never leaks', async () => {
    await expect(agentSteps([service.address])).toMatchFileSnapshot('2-agent-steps.txt');
  });

  it('is nothing to the directors before a host has proved itself', () => {
    expect(directorDocument(service, [])).toBeNull();
  });

  it('names the servers that have proved themselves', async () => {
    await expect(documentText(directorDocument(service, [11, 12]))).toMatchFileSnapshot('3-director.json');
  });

  it('is one transaction in the kernel', async () => {
    await expect(nftText(null, directorDocument(service, [11, 12]))).toMatchFileSnapshot('4-director.nft');
  });
});
