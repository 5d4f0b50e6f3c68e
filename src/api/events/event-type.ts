/** Every type of event there is. Stable: subscribers are written against them. */
export const EVENT_TYPES = [
  'virtual-service.created',
  'virtual-service.updated',
  'virtual-service.deleted',
  'virtual-service.status-changed',
  'virtual-service.condition-changed',
  'real-server.created',
  'real-server.updated',
  'real-server.deleted',
  'real-server.status-changed',
  'real-server.condition-changed',
  'node.created',
  'node.updated',
  'node.deleted',
  'node.joined',
  'node.connected',
  'node.lost',
  'node.leaving',
  'node.left',
  'node.condition-changed',
  'node.drifted',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
