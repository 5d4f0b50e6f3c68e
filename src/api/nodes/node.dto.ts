import { EnumField } from '../http/fields/enum-field.js';
import { TextField } from '../http/fields/text-field.js';
import { AddressListField } from './address-list-field.js';

/** A director or an agent that shall join. */
export class CreateNodeDto {
  @TextField({
    description: 'Unique among nodes.',
    max: 63,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    patternInWords: 'letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
    example: 'web-1',
  })
  name: string;

  @EnumField({
    description: 'A director forwards; an agent sets up a real server.',
    values: ['director', 'agent'],
    name: 'NodeRole',
    example: 'agent',
  })
  role: 'director' | 'agent';

  @AddressListField({
    description: 'Addresses that the host must have to join; for an agent those of its real servers.',
    example: ['192.0.2.11', '2001:db8::11'],
  })
  addresses: string[];
}
