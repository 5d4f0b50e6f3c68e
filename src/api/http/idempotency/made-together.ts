import { SetMetadata } from '@nestjs/common';

const KEY = 'homeward:made-together';

/**
 * With an Idempotency-Key the write may share its transaction with others that come at the same moment: before it has
 * changed its service by `ChangeVirtualService` it writes nothing, and what it refuses it refuses before that.
 */
export const MadeTogether = (): MethodDecorator => SetMetadata(KEY, true);

export function isMadeTogether(handler: object): boolean {
  return Reflect.getMetadata(KEY, handler) === true;
}
