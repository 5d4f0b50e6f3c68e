/**
 * Makes sure that there is an admin token. One from the settings wins, also over an earlier one; without it, one is
 * made at the first start, shown once, and kept for the operator in the data directory, readable by its owner alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import type { ApiEnv } from '../../platform/env.js';
import { writeFileAtomically } from '../../platform/state-file.js';
import { TokenRow } from '../store/rows/token.row.js';

const ADMIN = 'admin';
const SECRET_BYTES = 32;

/** @returns what to tell the operator; null where nothing is new. */
export async function ensureAdminToken(
  dataSource: DataSource,
  { adminToken, dataDir }: Pick<ApiEnv, 'adminToken' | 'dataDir'>,
): Promise<string | null> {
  const { manager } = dataSource;
  if (adminToken !== undefined) {
    await manager.upsert(TokenRow, { name: ADMIN, hash: hashOf(adminToken) }, ['name']);
    return null;
  }
  return manager.transaction((transaction) => makeAdminToken(transaction, dataDir));
}

/** Two processes may start on one new database: the first to insert makes the token, and has it on disk before it counts. */
async function makeAdminToken(manager: EntityManager, dataDir: string): Promise<string | null> {
  const token = `hwt_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const rows: unknown[] = await manager.query(
    'INSERT INTO token (name, hash) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING id',
    [ADMIN, hashOf(token)],
  );
  if (rows.length === 0) return null;
  const path = join(dataDir, 'admin-token');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFileAtomically(path, `${token}\n`, { mode: 0o600 });
  return `The admin token is ${token}\nIt is shown this once, and kept in ${path}`;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
