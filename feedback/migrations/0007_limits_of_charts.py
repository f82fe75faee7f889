"""What people decide about the limits of control charts, and why. Insert-only."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0006_replay_runs'),
        ('scamps', '0007_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LimitMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(help_text='What the chart is of', max_length=160)),
                ('origin', models.CharField(choices=[('prospective', 'With the plan'), ('retrospective', 'Before the plan'), ('sandbox', 'Sandbox')], max_length=13)),
                ('sandbox', models.BooleanField(help_text='The chart is of made-up patients')),
                ('kind', models.CharField(choices=[('rebase', 'New limits begin with this month'), ('freeze', 'The limits are those of the months up to this one')], max_length=6)),
                ('month', models.DateField(help_text='Its first day')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scamp', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.scamp')),
                ('takes_back', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back_by', to='feedback.limitmark')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='limits_change_with_a_reason'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='limits_change_with_a_month')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON feedback_limitmark"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            "DROP TRIGGER append_only ON feedback_limitmark;",
        ),
    ]
