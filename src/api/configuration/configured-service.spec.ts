import { expect, it } from 'vitest';
import { VIRTUAL_SERVICE_DEFAULTS } from '../../domain/virtual-service.js';
import { sampleService } from '../../domain/sample-service.fake.js';
import { configuredService } from './configured-service.js';

it('shows the place alone where all is as by default', () => {
  const service = { ...sampleService(), ...VIRTUAL_SERVICE_DEFAULTS, realServers: [] };
  const { address, protocol, port } = service;
  expect(configuredService(service)).toEqual({ address, protocol, port });
});
