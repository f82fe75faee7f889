"""What a site took over from a shared plan, and when. Never changed."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_parked_forms'),
        ('scamps', '0007_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('arrival', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adoption', to='scamps.arrival')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scamps.content')),
                ('scamp', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='scamps.scamp')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.site')),
                ('upstream', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adopted_as', to='scamps.version')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='scamps.version')),
            ],
            options={
                'ordering': ['scamp', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('arrival', None)), fields=('scamp',), name='scamp_is_adopted_once')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON scamps_adoption"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            "DROP TRIGGER append_only ON scamps_adoption;",
        ),
    ]
