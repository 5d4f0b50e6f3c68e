import { sampleServiceDocument } from '../../../contract/sample-service-document.fake.js';
import { Segments } from '../../../forwarding/segments.js';
import type { SeenService } from './seen-service.js';

/** A web service with the servers 11 and 12. For specs. */
export function sampleSeen(changes: Partial<SeenService['body']> = {}): SeenService {
  return {
    body: sampleServiceDocument(changes),
    ground: { seed: 1, devices: ['eth0'], segments: new Segments([]) },
  };
}
