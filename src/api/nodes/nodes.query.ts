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
