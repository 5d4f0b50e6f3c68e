import { isDeepStrictEqual } from 'node:util';
import { inNumberOrder, type VirtualService } from '../../domain/virtual-service.js';

/** What a request makes of one virtual service. */
export interface ServiceChange {
  /** Null: it is new. */
  readonly before: VirtualService | null;
  /** Null: it shall be gone. */
  readonly after: VirtualService | null;
  /** Where in the request stands what a pointer into `after` means; as a rule there. */
  readonly where: (field: string) => string;
}

/** For a request whose body is the service. */
export const sameField = (field: string): string => field;

export function changesSomething({ before, after }: ServiceChange): boolean {
  return !isDeepStrictEqual(before, after === null ? null : inNumberOrder(after));
}
