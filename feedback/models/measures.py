"""What is counted, in SQL: one statement, so that all of it is of one moment.

A measure has a text of tables (`WITH`) and one of the facts that are counted in them.

A fact is (site, measure, node, item, value, day, count); see `Count`. `scope` has one
row per signed encounter that was not entered in error, as known at the cut-off, with
its walk *as signed*: an amendment never changes what was advised. Rows with `here` are
counted. The others are encounters of the same patients in other buckets: they decide
what came first, so that whatever is counted once per episode or per patient is counted
in one bucket only.

Of rows that replace each other (decisions, performances, outcomes) the last holds that
was recorded by the cut-off and is not void.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Measure(NamedTuple):
    """Facts of one kind, and the tables they are counted in."""

    facts: str
    tables: str = ""


# A patient who was merged by the cut-off counts as the one who is kept.
SCOPE = """
same AS MATERIALIZED (
    SELECT DISTINCT ON (patient_id) patient_id, kept_id FROM carepaths_sameperson
    WHERE recorded_at <= %(cut_off)s ORDER BY patient_id, id DESC
), scope AS MATERIALIZED (
    SELECT e.id, e.site_id, e.enrolment_id, e.visit_time, {here} AS here,
           coalesce(same.kept_id, n.patient_id) AS patient_id,
           r.path, r.end_node, r.stopped, r.waiting_for, r.flagged,
           r.differs_without_flagged, site.time_zone,
           row_number() OVER (PARTITION BY e.enrolment_id ORDER BY e.visit_time, e.id)
               = 1 AS first_of_episode,
           row_number() OVER (PARTITION BY coalesce(same.kept_id, n.patient_id)
                              ORDER BY e.visit_time, e.id) = 1 AS first_of_patient
    FROM carepaths_encounter e
    JOIN carepaths_enrolment n ON n.id = e.enrolment_id
    JOIN carepaths_revision r ON r.encounter_id = e.id AND r.cause = 'signed'
    JOIN accounts_site site ON site.id = e.site_id
    LEFT JOIN same ON same.patient_id = n.patient_id
    WHERE {where} AND e.signed_at <= %(cut_off)s AND r.recorded_at <= %(cut_off)s
      AND NOT EXISTS (SELECT FROM carepaths_void v WHERE v.encounter_id = e.id
                      AND v.recorded_at <= %(cut_off)s)
)
"""

# encounters, episodes, patients · node: encounters that entered it · edge: from node to
# item · stopped: at node, waiting for the elements in value · flagged: walks that used
# an implausible item; those that would differ without have the value "differs"
WALKS = Measure(
    facts="""
SELECT site_id, measure, node, item, value, NULL::date, sum(n)
FROM scope, LATERAL (VALUES
    ('encounters', '', '', '', 1), ('episodes', '', '', '', first_of_episode::int),
    ('patients', '', '', '', first_of_patient::int),
    ('episodes', end_node, '', '', first_of_episode::int),
    ('flagged', '', '', CASE WHEN differs_without_flagged THEN 'differs' ELSE '' END,
     (cardinality(flagged) > 0)::int)
) AS total(measure, node, item, value, n)
WHERE here AND n > 0 GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT site_id, 'node', node, '', '', NULL, count(*)
FROM scope, LATERAL (SELECT DISTINCT unnest(path || end_node) AS node) AS entered
WHERE here AND node <> '' GROUP BY 1, 3
UNION ALL
SELECT site_id, 'edge', path[i], path[i + 1], '', NULL, count(*)
FROM scope, LATERAL generate_series(1, cardinality(path) - 1) AS i
WHERE here GROUP BY 1, 3, 4
UNION ALL
SELECT site_id, 'stopped', end_node, '', array_to_string(waiting_for, ' '), NULL, count(*)
FROM scope WHERE here AND stopped GROUP BY 1, 3, 5
UNION ALL
SELECT site_id, 'flagged', '', item,
       CASE WHEN differs_without_flagged THEN 'differs' ELSE '' END, NULL, count(*)
FROM scope, LATERAL unnest(flagged) AS item WHERE here GROUP BY 1, 4, 5
""",
)

# decision: of each opportunity, the choice or "missing"; a deferral with its due day ·
# departed: encounters that deviated from any action of the node · kind, reason: of those that were not simply followed · performed: choice and what was
# done about the resource · cluster: sums over patients of what `Clusters` needs, n of
# followed, modified and deviated; each patient in the bucket of the first one
DECISIONS = Measure(
    tables="""
chance AS MATERIALIZED (
    SELECT s.site_id, s.id AS encounter_id, s.patient_id, s.visit_time, s.here,
           o.node, o.action, coalesce(d.choice, 'missing') AS choice,
           d.kind, d.reason, d.standard_reason, d.due_on,
           coalesce(p.status, 'unknown') AS status
    FROM scope s JOIN carepaths_opportunity o ON o.encounter_id = s.id
    LEFT JOIN LATERAL (
        SELECT * FROM carepaths_decision d
        WHERE d.opportunity_id = o.id AND d.recorded_at <= %(cut_off)s
          AND NOT EXISTS (SELECT FROM carepaths_void v WHERE v.decision_id = d.id
                          AND v.recorded_at <= %(cut_off)s)
        ORDER BY d.id DESC LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT p.status FROM carepaths_performance p
        WHERE p.encounter_id = s.id AND p.resource = o.resource
          AND p.recorded_at <= %(cut_off)s ORDER BY p.id DESC LIMIT 1
    ) p ON true
), patient AS (
    SELECT patient_id, node, action,
           (array_agg(site_id ORDER BY visit_time, encounter_id))[1] AS site_id,
           (array_agg(here ORDER BY visit_time, encounter_id))[1] AS here,
           count(*) AS n, count(*) FILTER (WHERE choice = 'deviated') AS d,
           count(*) FILTER (WHERE choice = 'followed') AS f
    FROM chance WHERE choice IN ('followed', 'modified', 'deviated') GROUP BY 1, 2, 3
), sums AS MATERIALIZED (
    SELECT site_id, node, action, count(*) AS patients, sum(n * n) AS n_n,
           sum(d) AS d, sum(d * d) AS d_d, sum(d * n) AS d_n,
           sum(f) AS f, sum(f * f) AS f_f, sum(f * n) AS f_n
    FROM patient WHERE here GROUP BY 1, 2, 3
)
""",
    facts="""
SELECT site_id, 'decision', node, action, choice,
       CASE choice WHEN 'deferred' THEN due_on END, count(*)
FROM chance WHERE here GROUP BY 1, 3, 4, 5, 6
UNION ALL
SELECT site_id, 'departed', node, '', '', NULL, count(DISTINCT encounter_id)
FROM chance WHERE here AND choice = 'deviated' GROUP BY 1, 3
UNION ALL
SELECT site_id, 'kind', node, action, kind, NULL, count(*)
FROM chance WHERE here AND choice = 'deviated' GROUP BY 1, 3, 4, 5
UNION ALL
SELECT site_id, 'reason', node, action,
       choice || ' ' || reason || ' ' || standard_reason, NULL, count(*)
FROM chance WHERE here AND choice NOT IN ('followed', 'missing') GROUP BY 1, 3, 4, 5
UNION ALL
SELECT site_id, 'performed', node, action, choice || ' ' || status, NULL, count(*)
FROM chance WHERE here GROUP BY 1, 3, 4, 5
UNION ALL
SELECT site_id, 'cluster', node, action, term, NULL, amount
FROM sums, LATERAL (VALUES ('patients', patients), ('n_n', n_n), ('d', d), ('d_d', d_d),
    ('d_n', d_n), ('f', f), ('f_f', f_f), ('f_n', f_n)) AS terms(term, amount)
""",
)

# not_advised: item was done, and no opportunity of the walk, which ended at node, was
# about it · performance: what was done about item, whatever was advised
PERFORMANCES = Measure(
    tables="""
done AS MATERIALIZED (
    SELECT DISTINCT ON (p.encounter_id, p.resource)
           s.site_id, s.end_node, p.encounter_id, p.resource, p.status
    FROM scope s JOIN carepaths_performance p ON p.encounter_id = s.id
    WHERE s.here AND p.recorded_at <= %(cut_off)s
    ORDER BY p.encounter_id, p.resource, p.id DESC
)
""",
    facts="""
SELECT site_id, 'not_advised', end_node, resource, '', NULL::date, count(*)
FROM done WHERE status = 'done' AND NOT EXISTS (
    SELECT FROM carepaths_opportunity o
    WHERE o.encounter_id = done.encounter_id AND o.resource = done.resource)
GROUP BY 1, 3, 4
UNION ALL
SELECT site_id, 'performance', '', resource, status, NULL, count(*)
FROM done GROUP BY 1, 4, 5
""",
)

# statement: of each episode, at its first reach of the statement's node, whether the
# outcome is known: event, none, missing; day: when the outcome's window closes ·
# omitted: the same for those in whom the resource was known not to be done
STATEMENTS = Measure(
    tables="""
reach AS MATERIALIZED (
    SELECT DISTINCT ON (k.key, s.enrolment_id) k.key, k.outcome, k.omission_of,
           s.id, s.site_id, s.enrolment_id, s.here,
           (s.visit_time AT TIME ZONE s.time_zone + k.closes::interval)::date AS day
    FROM scope s JOIN unnest(%(keys)s::text[], %(nodes)s::text[], %(outcomes)s::text[],
                             %(windows)s::text[], %(omissions)s::text[])
        AS k(key, node, outcome, closes, omission_of)
      ON k.node = ANY(s.path || s.end_node)
    ORDER BY k.key, s.enrolment_id, s.visit_time, s.id
), known AS MATERIALIZED (
    SELECT reach.*, CASE o.value WHEN 'true' THEN 'event' WHEN 'false' THEN 'none'
                    ELSE 'missing' END AS result
    FROM reach LEFT JOIN LATERAL (
        SELECT o.value FROM carepaths_outcome o
        WHERE o.enrolment_id = reach.enrolment_id AND o.key = reach.outcome
          AND o.recorded_at <= %(cut_off)s
          AND NOT EXISTS (SELECT FROM carepaths_void v WHERE v.outcome_id = o.id
                          AND v.recorded_at <= %(cut_off)s)
        ORDER BY o.id DESC LIMIT 1
    ) o ON true
    WHERE reach.here
)
""",
    facts="""
SELECT site_id, 'statement', '', key, result, day, count(*)
FROM known GROUP BY 1, 4, 5, 6
UNION ALL
SELECT k.site_id, 'omitted', '', k.key, k.result, k.day, count(*)
FROM known k CROSS JOIN LATERAL (
    SELECT p.status FROM carepaths_performance p
    WHERE p.encounter_id = k.id AND p.resource = k.omission_of
      AND p.recorded_at <= %(cut_off)s ORDER BY p.id DESC LIMIT 1
) p
WHERE p.status = 'not-done' GROUP BY 1, 4, 5, 6
""",
)

# outcome: of each episode, by the node where its first walk ended: item is the outcome,
# value its value · known_how: how item is known · derived: item was set from other data
OUTCOMES = Measure(
    tables="""
became AS MATERIALIZED (
    SELECT DISTINCT ON (o.enrolment_id, o.key)
           s.site_id, s.end_node, o.key, o.value #>> '{{}}' AS value,
           o.known_how, o.is_derived
    FROM scope s JOIN carepaths_outcome o ON o.enrolment_id = s.enrolment_id
    WHERE s.here AND s.first_of_episode AND o.recorded_at <= %(cut_off)s
      AND NOT EXISTS (SELECT FROM carepaths_void v WHERE v.outcome_id = o.id
                      AND v.recorded_at <= %(cut_off)s)
    ORDER BY o.enrolment_id, o.key, o.id DESC
)
""",
    facts="""
SELECT site_id, 'outcome', end_node, key, value, NULL::date, count(*)
FROM became WHERE value IS NOT NULL GROUP BY 1, 3, 4, 5
UNION ALL
SELECT site_id, 'known_how', '', key, known_how, NULL, count(*)
FROM became WHERE value IS NOT NULL GROUP BY 1, 4, 5
UNION ALL
SELECT site_id, 'derived', '', key, '', NULL, count(*)
FROM became WHERE value IS NOT NULL AND is_derived GROUP BY 1, 4
""",
)

# amended: encounters amended since they were signed; value "differs" if the last
# amendment would advise otherwise · answer: of item, known, or why it is not
ANSWERS = Measure(
    tables="""
amended AS MATERIALIZED (
    SELECT DISTINCT ON (s.id) s.site_id, r.advises_otherwise
    FROM scope s JOIN carepaths_revision r ON r.encounter_id = s.id
    WHERE s.here AND r.cause = 'amended' AND r.recorded_at <= %(cut_off)s
    ORDER BY s.id, r.number DESC
)
""",
    facts="""
SELECT site_id, 'amended', '', '', CASE WHEN advises_otherwise THEN 'differs' ELSE ''
       END, NULL::date, count(*) FROM amended GROUP BY 1, 5
UNION ALL
SELECT s.site_id, 'answer', '', answer.key,
       coalesce(answer.value ->> 'missing', CASE WHEN answer.value ->> 'value' IS NULL
                THEN 'not-asked' ELSE 'known' END), NULL, count(*)
FROM scope s JOIN carepaths_revision r ON r.encounter_id = s.id AND r.cause = 'signed',
     LATERAL jsonb_each(r.answers) AS answer
WHERE s.here GROUP BY 1, 4, 5
""",
)

# voided: signed encounters that were entered in error (they are not in `scope`)
VOIDED = Measure(
    facts="""
SELECT e.site_id, 'voided', '', '', '', NULL::date, count(*)
FROM carepaths_encounter e JOIN carepaths_void v ON v.encounter_id = e.id
WHERE {where} AND {here} AND e.signed_at <= %(cut_off)s
  AND v.recorded_at <= %(cut_off)s
GROUP BY 1
""",
)


def statement_of(measures: Iterable[Measure]) -> str:
    """Return the SELECT of all facts of *measures*, to be told which encounters."""
    chosen = list(measures)
    tables = ",".join([SCOPE, *(one.tables for one in chosen if one.tables)])
    return f"WITH {tables}" + "UNION ALL".join(one.facts for one in chosen)


MEASURES = [WALKS, DECISIONS, PERFORMANCES, OUTCOMES, ANSWERS, VOIDED]
