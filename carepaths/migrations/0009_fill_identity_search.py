"""Fill the search words of the identities there are."""

from django.db import migrations

from carepaths.core.searching import searchable


def fill(apps, schema_editor):
    identities = apps.get_model("carepaths", "Identity").objects
    batch = []
    for identity in identities.filter(search="").iterator(chunk_size=2000):
        identity.search = searchable(identity.name, identity.record_number)
        batch.append(identity)
        if len(batch) == 2000:
            identities.bulk_update(batch, ["search"])
            batch = []
    identities.bulk_update(batch, ["search"])


class Migration(migrations.Migration):
    dependencies = [("carepaths", "0008_identity_search")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
