"""What arrives at a draft on an older base is kept as it came."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


SETTLED = """
CREATE FUNCTION refuse_change_of_a_settled_arrival() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
        OR (NEW.version_id, NEW.kind, NEW.base_id, NEW.content_id, NEW.by_id, NEW.at)
        IS DISTINCT FROM
        (OLD.version_id, OLD.kind, OLD.base_id, OLD.content_id, OLD.by_id, OLD.at)
    THEN
        RAISE EXCEPTION 'what arrived as % is kept as it came', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER arrival_is_kept BEFORE UPDATE OR DELETE ON scamps_arrival
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_settled_arrival();
"""
UNDO = """
DROP TRIGGER arrival_is_kept ON scamps_arrival;
DROP FUNCTION refuse_change_of_a_settled_arrival();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('scamps', '0005_cases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('author', 'Written meanwhile'), ('upstream', 'From upstream')], max_length=8)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settled_at', models.DateTimeField(null=True)),
                ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.content')),
                ('beside', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.content')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.content')),
                ('result', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.content')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='scamps.version')),
            ],
            options={
                'ordering': ['version', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['author', 'upstream'])), name='arrival_is_of_a_known_kind'), models.CheckConstraint(condition=models.Q(models.Q(('beside', None), ('result', None), ('settled_at', None), ('settled_by', None)), models.Q(('beside__isnull', False), ('result__isnull', False), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='arrival_is_settled_whole')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(blank=True, help_text='nodes/low', max_length=100)),
                ('at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scamps.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'user'), name='user_is_at_one_part_of_a_draft')],
            },
        ),
        migrations.RunSQL(SETTLED, UNDO),
    ]
