/** Documents of services as the tests of the engine write them: what they do not name is as usual. */
import type { ServerEntry, ServiceDocument } from '../../src/contract/documents.js';
import { sampleServiceDocument } from '../../src/contract/sample-service-document.fake.js';
import { VIP4 } from './director-hosts.js';

/** Servers `one` and `two`, numbered by the service so that no number is used twice. */
export function entries(
  serviceNumber: number,
  family: 4 | 6,
  weights: readonly [number | null, number | null],
): readonly ServerEntry[] {
  return weights.flatMap((weight, index) =>
    weight === null
      ? []
      : [
          {
            number: serviceNumber * 10 + index + 1,
            address: `${family === 4 ? '192.0.2.' : '2001:db8:2::'}${11 + index}`,
            weight,
          },
        ],
  );
}

export function service(
  number: number,
  options: Partial<Omit<ServiceDocument, 'number'>> & Pick<ServiceDocument, 'servers'>,
): ServiceDocument {
  const port = options.port ?? 80;
  return sampleServiceDocument({ number, address: VIP4, port, endPort: port, ...options });
}
