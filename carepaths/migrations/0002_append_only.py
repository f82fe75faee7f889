"""Signed clinical rows never change, whoever writes to the database."""

from django.db import migrations

ENCOUNTER = """
CREATE FUNCTION refuse_change_of_a_signed_encounter() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'encounter % is signed and never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signed_is_locked BEFORE UPDATE OR DELETE ON carepaths_encounter
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_signed_encounter();
"""
UNDO_ENCOUNTER = """
DROP TRIGGER signed_is_locked ON carepaths_encounter;
DROP FUNCTION refuse_change_of_a_signed_encounter();
"""
TABLES = [
    "enrolmentchange",
    "revision",
    "opportunity",
    "decision",
    "performance",
    "outcome",
    "void",
]


def append_only(table: str, operations: str = "UPDATE OR DELETE") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE {operations} ON carepaths_{table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON carepaths_{table};",
    )


class Migration(migrations.Migration):
    dependencies = [("carepaths", "0002_initial"), ("accounts", "0002_append_only")]
    operations = [
        *(append_only(table) for table in TABLES),
        append_only("mark", "UPDATE"),
        migrations.RunSQL(ENCOUNTER, UNDO_ENCOUNTER),
    ]
