import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { Failed, failure } from '../../domain/failure.js';

/** A path parameter that is a UUID. Text that is none names nothing, so it is not found like any other unknown id. */
export function UuidParam(name: string): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new Error('UuidParam belongs to a method');
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    Param(name, UUID_PIPE)(target, key, index);
    if (descriptor !== undefined) ApiParam({ name, schema: UUID })(target, key, descriptor);
  };
}

const UUID = { type: 'string', format: 'uuid', maxLength: 36 } as const;

const UUID_PIPE: PipeTransform = {
  transform(value: unknown): string {
    // PostgreSQL prints lower case; ids are compared as text elsewhere.
    if (typeof value === 'string' && isUUID(value, 'loose')) return value.toLowerCase();
    throw new Failed(failure('not-found', 'not-found', 'There is no such object.', 'Ids are UUIDs.'));
  },
};
