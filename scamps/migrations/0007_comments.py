"""Comments on the parts of a version, in threads; append-only."""

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
        ('scamps', '0006_what_arrives_at_a_draft'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(blank=True, max_length=20)),
                ('key', models.CharField(blank=True, max_length=63)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(help_text='Begun on', on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='scamps.version')),
            ],
            options={
                'ordering': ['version', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.CharField(choices=[('said', 'Said'), ('resolved', 'Resolved'), ('reopened', 'Reopened')], default='said', max_length=8)),
                ('words', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(help_text='Where it was said', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.version')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='scamps.thread')),
            ],
            options={
                'ordering': ['thread', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('section', ''), ('key', '')), models.Q(models.Q(('section', ''), _negated=True), models.Q(('key', ''), _negated=True)), _connector='OR'), name='thread_is_about_a_part_or_the_whole'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('turn__in', ['said', 'resolved', 'reopened'])), name='comment_turn_is_known'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('turn', 'said'), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='comment_has_words'),
        ),
        append_only("scamps_thread"),
        append_only("scamps_comment"),
    ]
