"""A draft knows the open page that saved it last, so that the page may go on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("carepaths", "0006_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="encounter",
            name="edited_from",
            field=models.UUIDField(
                help_text="The open page that saved last, so that it may go on",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="encounter",
            name="edited_turn",
            field=models.PositiveIntegerField(
                default=0, help_text="Counts the saves of that page"
            ),
        ),
    ]
