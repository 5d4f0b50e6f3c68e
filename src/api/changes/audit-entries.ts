/** What the history keeps of changes: of each one entry for the service where it changed, and one for each server that did. */
import { isDeepStrictEqual } from 'node:util';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { mapInTurns } from '../../platform/in-turns.js';
import type { SavedChange } from '../store/save-virtual-services.js';
import type { AuditEntry } from './record-revision.js';

/** After so many others have their turn. */
const AUDITED_AT_ONCE = 1_000;

type Side<T> = T | null;

export async function auditEntries(changes: readonly SavedChange[]): Promise<AuditEntry[]> {
  return (await mapInTurns(changes, AUDITED_AT_ONCE, auditOne)).flat();
}

function auditOne({ before, after }: SavedChange): AuditEntry[] {
  const id = (after ?? before)?.id ?? '';
  const services = entry('virtual-service', id, serviceIntent(before), serviceIntent(after));
  const old = new Map((before?.realServers ?? []).map((server) => [server.id, server]));
  const next = new Map((after?.realServers ?? []).map((server) => [server.id, server]));
  const servers = [...new Set([...old.keys(), ...next.keys()])].flatMap((serverId) =>
    entry('real-server', serverId, serverIntent(id, old.get(serverId)), serverIntent(id, next.get(serverId))),
  );
  return [...services, ...servers];
}

function entry(
  objectType: AuditEntry['objectType'],
  objectId: string,
  before: Side<object>,
  after: Side<object>,
): AuditEntry[] {
  if (isDeepStrictEqual(before, after)) return [];
  const action = before === null ? 'create' : after === null ? 'delete' : 'update';
  return [{ action, objectType, objectId, before, after }];
}

/** The operator's own words; numbers, revisions and times are ours. */
function serviceIntent(service: Side<VirtualService>): Side<object> {
  if (service === null) return null;
  const { number: _number, revision: _revision, createdAt: _made, updatedAt: _changed, ...rest } = service;
  const { realServers: _servers, ...intent } = rest;
  return intent;
}

function serverIntent(virtualServiceId: string, server: RealServer | undefined): Side<object> {
  if (server === undefined) return null;
  const { number: _number, ...intent } = server;
  return { ...intent, virtualServiceId };
}
