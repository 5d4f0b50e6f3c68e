import { BooleanParameter } from '../http/fields/boolean-field.js';

/** How to delete a node. */
export class DeleteNodeQuery {
  @BooleanParameter({
    description:
      'Forget an agent that is away although its host may still hold VIPs, because it is gone for good. A host that ' +
      'comes back keeps them until somebody removes them by hand.',
    optional: true,
    default: false,
  })
  force?: boolean;
}
