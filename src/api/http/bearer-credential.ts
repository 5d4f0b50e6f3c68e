import type { Request } from 'express';

/** The token68 grammar of RFC 9110, 11.2, and a length that no hash function minds. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i;

/** Undefined where there is none; to be kept no longer than it takes to use it. */
export function bearerCredential(request: Request): string | undefined {
  return BEARER.exec(request.get('Authorization') ?? '')?.[1];
}
