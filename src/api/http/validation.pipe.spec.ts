import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../domain/failure.js';
import { TextField } from './fields/text-field.js';
import { isReservedName } from './reserved-names.js';
import { RequestValidationPipe } from './validation.pipe.js';

class Named {
  @TextField({ description: 'Name.', max: 5, optional: true })
  name?: string;
}

const QUERY = { type: 'query', metatype: Named } as const;

describe('the validation pipe', () => {
  it('makes an instance of the class', async () => {
    expect(
      await new RequestValidationPipe().transform({ name: 'web' }, { type: 'body', metatype: Named }),
    ).toBeInstanceOf(Named);
  });

  it('refuses names that every object answers to', async () => {
    const query = { hasOwnProperty: 'x' };
    await expect(new RequestValidationPipe().transform(query, QUERY)).rejects.toBeInstanceOf(Failed);
  });

  it('has to do so itself, because the whitelist of class-validator lets them pass', async () => {
    const strict = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
    await expect(strict.transform({ hasOwnProperty: 'x' }, QUERY)).resolves.toBeInstanceOf(Named);
    await expect(strict.transform({ color: 'x' }, QUERY)).rejects.toThrow();
    expect(isReservedName('hasOwnProperty')).toBe(true);
  });
});
