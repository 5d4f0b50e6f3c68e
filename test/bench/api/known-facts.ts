/** What the bench puts into the database instead of a fleet that would take the time of what is measured. */

/** A director and agents that have joined and report, for an hour to come. $1: the agents' addresses. */
export const KNOWN_NODES = [
  `INSERT INTO node (id, role, name, credential_hash, joined_at, created_at)
   SELECT gen_random_uuid(), CASE n WHEN 0 THEN 'director' ELSE 'agent' END, 'node-' || n, sha256(n::text::bytea), now(), now()
   FROM generate_series(0, cardinality($1::inet[])) AS n`,
  `INSERT INTO node_address (address, node_id)
   SELECT address, (SELECT id FROM node WHERE name = 'node-' || place) FROM unnest($1::inet[]) WITH ORDINALITY AS a (address, place)`,
  `INSERT INTO node_status (node_id, epoch, version, host, last_seen_at)
   SELECT id, 1, 0, CASE role WHEN 'agent' THEN '{"interfaces": [], "gateways": []}'::jsonb END, now() + interval '1 hour'
   FROM node WHERE cardinality($1::inet[]) > 0`,
];

/** Every agent holds every VIP of its host silently, and every node has all documents in force. */
export const PROOFS = [
  `INSERT INTO vip_fact (node_id, vip, bound, silent, reason, message, changed_at)
   SELECT DISTINCT a.node_id, s.address, true, true, 'Bound', 'The VIP is on lo.', now() FROM virtual_service s
   JOIN real_server r ON r.virtual_service_id = s.id JOIN node_address a ON a.address = r.address`,
  'UPDATE node_status SET version = (SELECT version FROM cluster), revision = (SELECT revision FROM cluster)',
];

/** As many services of the floor as the API has. $1: how many. */
export const FLOOR_ROWS = `
  WITH missing AS (
    INSERT INTO floor_service (id, name, address, port, tags, "createdAt")
    SELECT gen_random_uuid(), 'service-' || n, '198.18.0.0'::inet + n, 80, jsonb_build_object('env', 'prod', 'team', 't' || n % 100), now()
    FROM generate_series((SELECT count(*) FROM floor_service), $1::integer - 1) AS n RETURNING id)
  INSERT INTO floor_server (id, "serviceId", address, weight)
  SELECT gen_random_uuid(), id, '198.19.1.1'::inet + n, 1000 FROM missing, generate_series(0, 1) AS n`;
