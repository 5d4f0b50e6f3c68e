import { NestedListField } from '../http/fields/nested-field.js';
import { CreateVirtualServiceDto } from '../virtual-services/virtual-service.dto.js';
import { MOST_SERVICES } from './configuration-limits.js';

/** All virtual services that there shall be. */
export class ConfigurationDto {
  @NestedListField(() => CreateVirtualServiceDto, {
    description:
      'In any order. Each is known by its address, protocol and first port; what one leaves out has its default.',
    maxItems: MOST_SERVICES,
  })
  virtualServices: CreateVirtualServiceDto[];
}
