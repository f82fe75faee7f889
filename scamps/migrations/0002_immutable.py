"""Published content never changes; a version's content moves only while a draft."""

from django.db import migrations

VERSION = """
CREATE FUNCTION refuse_change_of_a_published_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM scamps_transition
        WHERE version_id = OLD.id AND "to" <> 'draft'
    ) THEN
        RAISE EXCEPTION 'version % has left draft and never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_is_frozen BEFORE UPDATE OR DELETE ON scamps_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_published_version();
"""
UNDO_VERSION = """
DROP TRIGGER published_is_frozen ON scamps_version;
DROP FUNCTION refuse_change_of_a_published_version();
"""


def append_only(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("scamps", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [
        append_only("scamps_content"),
        append_only("scamps_transition"),
        migrations.RunSQL(VERSION, UNDO_VERSION),
    ]
