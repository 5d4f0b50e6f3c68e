import { IntersectionType, PartialType } from '@nestjs/swagger';
import { MOST_OBJECTS } from '../http/bulk/bulk-limits.js';
import { NamedObjectDto } from '../http/bulk/named-object.dto.js';
import { NestedListField } from '../http/fields/nested-field.js';
import { PatchListField } from '../http/fields/patch-list-field.js';
import { CreateVirtualServiceDto, VirtualServiceFieldsDto } from './virtual-service.dto.js';

/** A merge patch, with the id of the virtual service that it is for. */
class NamedVirtualServicePatchDto extends IntersectionType(
  NamedObjectDto,
  PartialType(VirtualServiceFieldsDto),
) {}

/** What shall become of many virtual services; at most 1,000, all lists together. */
export class BulkVirtualServicesDto {
  @NestedListField(() => CreateVirtualServiceDto, {
    description: 'To be made, each with its real servers.',
    maxItems: MOST_OBJECTS,
    optional: true,
    default: [],
  })
  create?: CreateVirtualServiceDto[];

  @PatchListField(() => NamedVirtualServicePatchDto, {
    description: 'To be changed: merge patches (RFC 7396), each with the `id` of its virtual service.',
    maxItems: MOST_OBJECTS,
    optional: true,
    default: [],
  })
  patch?: object[];

  @NestedListField(() => NamedObjectDto, {
    description: 'To be deleted, with their real servers.',
    maxItems: MOST_OBJECTS,
    optional: true,
    default: [],
  })
  delete?: NamedObjectDto[];
}
