import { NestedListField } from '../http/fields/nested-field.js';
import { RealServerDto } from './real-server.dto.js';

const MAX_REAL_SERVERS = 1_000;

/** All real servers that a virtual service shall have. */
export class ReplaceRealServersDto {
  @NestedListField(() => RealServerDto, {
    description:
      'Each is known by its address. What one leaves out has its default; an empty list removes all.',
    maxItems: MAX_REAL_SERVERS,
  })
  realServers: RealServerDto[];
}
