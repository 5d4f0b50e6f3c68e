import { BooleanParameter } from '../http/fields/boolean-field.js';
import { EnumField } from '../http/fields/enum-field.js';
import { TextField } from '../http/fields/text-field.js';
import { PageQuery } from '../http/page.js';

/** Which nodes to list; all conditions given must hold. */
export class NodesQuery extends PageQuery {
  @EnumField({
    description: 'Only this role.',
    values: ['director', 'agent'],
    name: 'NodeRole',
    optional: true,
  })
  role?: 'director' | 'agent';

  @TextField({ description: 'Exactly this name.', max: 63, optional: true })
  name?: string;
}

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
