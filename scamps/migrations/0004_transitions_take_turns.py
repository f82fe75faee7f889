"""A transition locks its version: whoever holds the version shared makes it wait."""

from django.db import migrations

TAKE_TURNS = """
CREATE FUNCTION lock_the_version_of_a_transition() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM scamps_version WHERE id = NEW.version_id FOR NO KEY UPDATE;
    RETURN NEW;
END $$;
CREATE TRIGGER transitions_take_turns BEFORE INSERT ON scamps_transition
    FOR EACH ROW EXECUTE FUNCTION lock_the_version_of_a_transition();
"""
UNDO = """
DROP TRIGGER transitions_take_turns ON scamps_transition;
DROP FUNCTION lock_the_version_of_a_transition();
"""


class Migration(migrations.Migration):
    dependencies = [("scamps", "0003_governance")]
    operations = [migrations.RunSQL(TAKE_TURNS, UNDO)]
