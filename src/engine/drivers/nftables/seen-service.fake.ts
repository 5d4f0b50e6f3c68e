import { Segments } from '../../network/segments.js';
import type { SeenService } from './seen-service.js';

/** A web service with the servers 11 and 12. For specs. */
export function sampleSeen(changes: Partial<SeenService['body']> = {}): SeenService {
  const address = (last: number) => ({ number: last, address: `192.0.2.${last}`, weight: 1000 });
  return {
    body: {
      kind: 'service',
      number: 1,
      address: '192.0.2.200',
      protocol: 'tcp',
      port: 80,
      endPort: 80,
      scheduler: 'maglev',
      slots: 64,
      servers: [address(11), address(12)],
      ...changes,
    },
    ground: { seed: 1, devices: ['eth0'], segments: new Segments([]) },
  };
}
