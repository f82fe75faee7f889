"""What is counted for whoever comes to the same point of the plan later.

Each patient is counted once at a point (a node that advises something): at the first
signed walk that came there, by visit time. What became of the patient is the outcome
of that walk's episode. So a share of patients is one of independent observations.
"""

from feedback.models.measures import Measure

# reached: patients who came to node · fate: of each of them, what became of outcome
# item; no value: not known; day: when its window closes · split: the same by action and
# choice, for the outcomes alone that the plan says an action can change · done: sums
# over patients of what `Clusters` needs, n of the opportunities of which it is known
# whether the resource was done, d of those in which it was
POINTS = Measure(
    tables="""
came AS MATERIALIZED (
    SELECT DISTINCT ON (s.patient_id, n.node) n.node, s.id, s.site_id, s.enrolment_id,
           s.here, s.visit_time, s.time_zone
    FROM scope s
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(s.path || s.end_node)) AS n(node)
    WHERE n.node = ANY(%(advising)s::text[])
    ORDER BY s.patient_id, n.node, s.visit_time, s.id
), fate AS MATERIALIZED (
    SELECT c.node, c.id, c.site_id, k.key, k.affected, coalesce(o.value, '') AS value,
           (c.visit_time AT TIME ZONE c.time_zone + k.closes::interval)::date AS day
    FROM came c
    CROSS JOIN unnest(%(fates)s::text[], %(fate_windows)s::text[],
                      %(affected)s::boolean[]) AS k(key, closes, affected)
    LEFT JOIN LATERAL (
        SELECT o.value #>> '{{}}' AS value FROM carepaths_outcome o
        WHERE o.enrolment_id = c.enrolment_id AND o.key = k.key
          AND o.recorded_at <= %(cut_off)s
          AND NOT EXISTS (SELECT FROM carepaths_void v WHERE v.outcome_id = o.id
                          AND v.recorded_at <= %(cut_off)s)
        ORDER BY o.id DESC LIMIT 1
    ) o ON true
    WHERE c.here
), treated AS (
    SELECT patient_id, node, action,
           (array_agg(site_id ORDER BY visit_time, encounter_id))[1] AS site_id,
           (array_agg(here ORDER BY visit_time, encounter_id))[1] AS here,
           count(*) AS n, count(*) FILTER (WHERE status = 'done') AS d
    FROM chance WHERE status <> 'unknown' GROUP BY 1, 2, 3
), treatments AS MATERIALIZED (
    SELECT site_id, node, action, count(*) AS patients, sum(n) AS n, sum(n * n) AS n_n,
           sum(d) AS d, sum(d * d) AS d_d, sum(d * n) AS d_n
    FROM treated WHERE here GROUP BY 1, 2, 3
)
""",
    facts="""
SELECT site_id, 'reached', node, '', '', NULL::date, count(*)
FROM came WHERE here GROUP BY 1, 3
UNION ALL
SELECT site_id, 'fate', node, key, value, day, count(*)
FROM fate GROUP BY 1, 3, 4, 5, 6
UNION ALL
SELECT f.site_id, 'split', f.node, f.key, c.action || ' ' || c.choice || ' ' || f.value,
       f.day, count(*)
FROM fate f JOIN chance c ON c.encounter_id = f.id AND c.node = f.node
WHERE f.affected AND c.choice IN ('followed', 'deviated') GROUP BY 1, 3, 4, 5, 6
UNION ALL
SELECT site_id, 'done', node, action, term, NULL, amount
FROM treatments, LATERAL (VALUES ('patients', patients), ('n', n), ('n_n', n_n),
    ('d', d), ('d_d', d_d), ('d_n', d_n)) AS terms(term, amount)
""",
)
