/**
 * SQL for what is known of the services of a VIP after a report. It is merged in the database, in the statement that
 * stores the report: to read what is there first would be a statement more for every report of a new service.
 * A verdict keeps the time since when its status stands. Of a service about which an agent knows nothing yet, because
 * it has just started, what was known stays: its restart lets nobody in and puts nobody out.
 */

/** `known` and `said`: SQL of a list of ServiceFact as jsonb, the former with `since` in its verdicts, or NULL. */
export function servicesAfter(known: string, said: string): string {
  return `(
    SELECT coalesce(jsonb_agg(CASE WHEN s.fact -> 'ready' = 'null' AND k.fact IS NOT NULL
      THEN s.fact || k.fact || jsonb_build_object('firewall', ${stamped('firewall')})
      ELSE s.fact || jsonb_build_object('answers', ${stamped('answers')}, 'firewall', ${stamped('firewall')}) END
      ORDER BY s.place), '[]')
    FROM jsonb_array_elements(${said}) WITH ORDINALITY AS s (fact, place)
    LEFT JOIN jsonb_array_elements(${known}) AS k (fact)
      ON k.fact -> 'protocol' = s.fact -> 'protocol' AND k.fact -> 'port' = s.fact -> 'port')`;
}

function stamped(verdict: 'answers' | 'firewall'): string {
  return `(s.fact -> '${verdict}') || jsonb_build_object('since', CASE
    WHEN k.fact -> '${verdict}' -> 'status' = s.fact -> '${verdict}' -> 'status' THEN k.fact -> '${verdict}' -> 'since'
    ELSE to_jsonb(now()) END)`;
}
