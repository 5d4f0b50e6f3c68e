import {
  changeVirtualService,
  VIRTUAL_SERVICE_DEFAULTS,
  type VirtualService,
} from '../../domain/virtual-service.js';
import { applyMergePatch } from '../http/apply-merge-patch.js';
import { definedIn } from '../http/defined-in.js';
import { readServiceDraft, serviceBody } from './service-draft.js';
import { VirtualServiceFieldsDto } from './virtual-service.dto.js';

/** The service as a merge patch makes it, or 400 where the result is none that could be made. */
export async function patchedService(
  before: VirtualService,
  patch: Readonly<Record<string, unknown>>,
): Promise<VirtualService> {
  const dto = await applyMergePatch(VirtualServiceFieldsDto, serviceBody(before), patch);
  return changeVirtualService(before, { ...VIRTUAL_SERVICE_DEFAULTS, ...definedIn(readServiceDraft(dto)) });
}
