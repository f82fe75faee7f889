"""Settings of the tests: the product's own, on embedded servers of the tests' own.

They must be chosen before the settings are read, so importing this writes a few small
files below `.local/tests`; it starts nothing.
"""

import os

for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG"):
    os.environ.pop(name, None)  # never a database that somebody needs
os.environ["SCAMPS_HOME"] = os.environ.get("SCAMPS_TEST_HOME", ".local/tests")

from config.embedded.home import home_of_project  # noqa: E402

home_of_project().allow("fsync=off", "synchronous_commit=off", "full_page_writes=off")

from config.settings import *  # noqa: E402, F403

# Each parallel worker has a database of Redis; pytest-django does so for PostgreSQL.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = HOME.redis_url(WORKER)  # noqa: F405
CELERY_BROKER_URL = celery_address(REDIS_URL)  # noqa: F405

# The tables are emptied only once no request of the test's browser is under way.
MIDDLEWARE = ["tests.traffic.count_requests", *MIDDLEWARE]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
