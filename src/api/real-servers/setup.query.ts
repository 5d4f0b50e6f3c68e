import { EnumField } from '../http/fields/enum-field.js';

/** Which script to make. */
export class SetupQuery {
  @EnumField({ description: 'What the host runs.', values: ['linux', 'windows'], name: 'SetupOs' })
  os: 'linux' | 'windows';

  @EnumField({
    description:
      '`apply` sets the host up, `verify` says what is as it shall be and what is not, `undo` puts back what was.',
    values: ['apply', 'verify', 'undo'],
    name: 'SetupPart',
    optional: true,
    default: 'apply',
  })
  part?: 'apply' | 'verify' | 'undo';
}
