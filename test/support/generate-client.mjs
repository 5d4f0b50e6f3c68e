/**
 * Writes the types of a TypeScript client from the OpenAPI document that the built API prints: dist/client/schema.d.ts.
 * The API specs use them, so that `npm run lint:types` finds a document that says something else than they send and read.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const exporter = 'dist/src/api/http/export-openapi.js';
const { status, stdout, stderr } = spawnSync(process.execPath, [exporter], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) throw new Error(stderr);
// A field with a default may be left out of what is sent.
const types = await openapiTS(JSON.parse(stdout), { defaultNonNullable: false });
mkdirSync('dist/client', { recursive: true });
writeFileSync('dist/client/schema.d.ts', astToString(types));
