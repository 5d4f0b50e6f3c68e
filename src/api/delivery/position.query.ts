import { IntegerParameter } from '../http/fields/integer-field.js';
import { UuidField } from '../http/fields/uuid-field.js';

/** The position that a node holds; without one it gets a snapshot. */
export class PositionQuery {
  @UuidField({ description: 'Cluster that the position is of.', optional: true })
  cluster?: string;

  @IntegerParameter({ description: 'Epoch of the position.', min: 1, max: 2 ** 31 - 1, optional: true })
  epoch?: number;

  @IntegerParameter({
    description: 'Version of the position.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
  })
  version?: number;
}
