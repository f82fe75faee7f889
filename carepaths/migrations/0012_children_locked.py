"""Nothing is slipped under a signed encounter, whoever writes to the database.

An opportunity is an action of the walk as signed, so none can be added later, nor to a
draft. A signed encounter takes amendments, and the losing side of a conflict, which
counts nowhere; what only a draft leaves behind it takes no more. A draft is not amended.
"""

from django.db import migrations

OPPORTUNITY = """
CREATE FUNCTION refuse_unadvised_opportunity() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM carepaths_revision r
        WHERE r.encounter_id = NEW.encounter_id AND r.cause = 'signed'
        AND r.walk->'actions' @> jsonb_build_array(jsonb_build_object(
            'node', NEW.node, 'action', NEW.action, 'direction', NEW.direction))
    ) THEN
        RAISE EXCEPTION 'the signed walk of encounter % did not advise %/%: never changed',
            NEW.encounter_id, NEW.node, NEW.action USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER advised_when_signed BEFORE INSERT ON carepaths_opportunity
    FOR EACH ROW EXECUTE FUNCTION refuse_unadvised_opportunity();
"""
UNDO_OPPORTUNITY = """
DROP TRIGGER advised_when_signed ON carepaths_opportunity;
DROP FUNCTION refuse_unadvised_opportunity();
"""
REVISION = """
CREATE FUNCTION refuse_misplaced_revision() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    signed boolean;
BEGIN
    SELECT signed_at IS NOT NULL INTO signed
        FROM carepaths_encounter WHERE id = NEW.encounter_id;
    IF signed AND NEW.cause IN ('handover', 'moved') THEN
        RAISE EXCEPTION 'encounter % is signed and never changes', NEW.encounter_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT signed AND NEW.cause IN ('signed', 'amended') THEN
        RAISE EXCEPTION 'encounter % is a draft: a sealed revision never comes first',
            NEW.encounter_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.cause = 'amended' AND NOT EXISTS (
        SELECT FROM carepaths_revision r
        WHERE r.encounter_id = NEW.encounter_id AND r.cause = 'signed'
        AND r.number < NEW.number
    ) THEN
        RAISE EXCEPTION 'an amendment never comes before what it amends'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_its_place BEFORE INSERT ON carepaths_revision
    FOR EACH ROW EXECUTE FUNCTION refuse_misplaced_revision();
"""
UNDO_REVISION = """
DROP TRIGGER in_its_place ON carepaths_revision;
DROP FUNCTION refuse_misplaced_revision();
"""


class Migration(migrations.Migration):
    dependencies = [("carepaths", "0011_remarks")]
    operations = [
        migrations.RunSQL(OPPORTUNITY, UNDO_OPPORTUNITY),
        migrations.RunSQL(REVISION, UNDO_REVISION),
    ]
