import { IntersectionType, PartialType } from '@nestjs/swagger';
import { MOST_OBJECTS } from '../http/bulk/bulk-limits.js';
import { NamedObjectDto } from '../http/bulk/named-object.dto.js';
import { NestedListField } from '../http/fields/nested-field.js';
import { PatchListField } from '../http/fields/patch-list-field.js';
import { RealServerDto } from './real-server.dto.js';

/** A merge patch, with the id of the real server that it is for. */
class NamedRealServerPatchDto extends IntersectionType(NamedObjectDto, PartialType(RealServerDto)) {}

/** What shall become of real servers of one virtual service. */
export class BulkRealServersDto {
  @NestedListField(() => RealServerDto, {
    description: 'To be added.',
    maxItems: MOST_OBJECTS,
    optional: true,
    default: [],
  })
  create?: RealServerDto[];

  @PatchListField(() => NamedRealServerPatchDto, {
    description: 'To be changed: merge patches (RFC 7396), each with the `id` of its real server.',
    maxItems: MOST_OBJECTS,
    optional: true,
    default: [],
  })
  patch?: object[];

  @NestedListField(() => NamedObjectDto, {
    description: 'To be removed.',
    maxItems: MOST_OBJECTS,
    optional: true,
    default: [],
  })
  delete?: NamedObjectDto[];
}
