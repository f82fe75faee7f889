"""Cases live with a plan: append-only revisions, and evidence of their runs."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def append_only(table):
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('scamps', '0004_transitions_take_turns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(help_text='Where it stands in the file')),
                ('name', models.CharField(max_length=200)),
                ('note', models.TextField(blank=True)),
                ('visit', models.CharField(max_length=64)),
                ('like', models.CharField(blank=True, max_length=200)),
                ('answers', models.JSONField(default=dict)),
                ('context', models.JSONField(default=dict)),
                ('walk', models.JSONField(null=True)),
                ('source', models.CharField(choices=[('written', 'Written'), ('library', 'From the library'), ('file', 'From a file'), ('proof', 'Counter-example of a proof'), ('encounter', 'A real visit, de-identified')], default='written', max_length=9)),
                ('is_removed', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['case', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PlanCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='evidence',
            name='evidence_is_of_a_known_kind',
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=[('checks', 'Checks'), ('proof', 'Proof'), ('difference', 'Difference'), ('replay', 'Replay'), ('cases', 'Run of cases')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['checks', 'proof', 'difference', 'replay', 'cases'])), name='evidence_is_of_a_known_kind'),
        ),
        migrations.AddField(
            model_name='caserevision',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caserevision',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_revisions', to='scamps.version'),
        ),
        migrations.AddField(
            model_name='plancase',
            name='scamp',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='scamps.scamp'),
        ),
        migrations.AddField(
            model_name='caserevision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='scamps.plancase'),
        ),
        migrations.AddIndex(
            model_name='caserevision',
            index=models.Index(fields=['version', 'case'], name='case_by_version'),
        ),
        migrations.AddConstraint(
            model_name='caserevision',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='case_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='caserevision',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['written', 'library', 'file', 'proof', 'encounter'])), name='case_is_from_a_known_source'),
        ),
        migrations.AddConstraint(
            model_name='caserevision',
            constraint=models.CheckConstraint(condition=models.Q(('is_removed', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='case_is_removed_with_a_reason'),
        ),
        append_only("scamps_plancase"),
        append_only("scamps_caserevision"),
    ]
