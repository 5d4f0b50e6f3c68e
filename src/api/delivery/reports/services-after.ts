/**
 * SQL for what is known of the services of a VIP after a report. It is merged in the database, in the statement that
 * stores the report: to read what is there first would be a statement more for every report of a new service.
 * A verdict keeps the time since when its status stands. Of what an agent has not looked at yet, because it has just
 * started, what was known of the very same stays: its restart lets nobody in and puts nobody out.
 */
import { REASON_NOT_PROBED } from '../../../contract/report.js';

/** `known` and `said`: SQL of a list of ServiceFact as jsonb, the former with `since` in its verdicts, or NULL. */
export function servicesAfter(known: string, said: string): string {
  return `(
    SELECT coalesce(jsonb_agg(s.fact || jsonb_build_object(
      'ready', ${READY}, 'answers', v.answers, 'firewall', v.firewall) ORDER BY s.place), '[]')
    FROM jsonb_array_elements(${said}) WITH ORDINALITY AS s (fact, place)
    LEFT JOIN jsonb_array_elements(${known}) AS k (fact) ON ${SAME_QUESTION}
    CROSS JOIN LATERAL (SELECT ${verdict('answers')} AS answers, ${verdict('firewall')} AS firewall) v)`;
}

const SAME_QUESTION = ['protocol', 'port', 'endPort', 'http']
  .map((member) => `k.fact -> '${member}' IS NOT DISTINCT FROM s.fact -> '${member}'`)
  .join(' AND ');

/** Out because of the firewall alone, which is not known to drop anything any more: neither in nor out is known. */
const READY = `CASE
  WHEN s.fact -> 'ready' <> 'null' OR k.fact IS NULL THEN s.fact -> 'ready'
  WHEN k.fact -> 'ready' = 'false' AND k.fact -> 'answers' ->> 'status' <> 'False'
    AND v.firewall ->> 'status' <> 'False' THEN 'null'
  ELSE k.fact -> 'ready' END`;

function verdict(name: 'answers' | 'firewall'): string {
  const [said, known] = [`(s.fact -> '${name}')`, `(k.fact -> '${name}')`];
  return `CASE WHEN ${said} ->> 'reason' = '${REASON_NOT_PROBED}' AND k.fact IS NOT NULL THEN ${known}
    ELSE ${said} || jsonb_build_object('since', CASE
      WHEN ${known} -> 'status' = ${said} -> 'status' THEN ${known} -> 'since' ELSE to_jsonb(now()) END) END`;
}
