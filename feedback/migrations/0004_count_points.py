"""Have every bucket counted anew: the points are facts that it does not hold yet."""

from django.db import migrations

MARKS = """
INSERT INTO carepaths_mark (version_id, site_id, month, origin, made_at)
SELECT version_id, site_id, month, origin, now() FROM feedback_rollup
"""


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0003_points_added_up"),
        ("carepaths", "0004_rows_in_order"),
    ]
    operations = [migrations.RunSQL(MARKS, migrations.RunSQL.noop)]
