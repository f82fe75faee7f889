"""Settings of every process, read from the environment.

Production names its servers and secrets in the environment, and refuses to start
without them. A trial run (`make setup` was here, no DATABASE_URL) uses the embedded
servers. Nothing here starts a server or writes to the disk.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.addresses import celery_address
from config.embedded.home import home_of_project

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

HOME = home_of_project()
TRIAL = HOME.is_in_use
REQUIRED = ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"]
MISSING = [name for name in REQUIRED if not env.str(name, default="")]
if MISSING and not TRIAL:
    raise ImproperlyConfigured(
        f"Missing in the environment: {', '.join(MISSING)}. "
        "(For a trial run on this machine instead: `make run`.)"
    )

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or HOME.secret_key
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATABASES = {"default": env.db("DATABASE_URL", default=HOME.database_url())}
REDIS_URL = env.str("REDIS_URL", default=HOME.redis_url())

INSTALLED_APPS = [
    "config",
    "accounts",
    "scamps",
    "carepaths",
    "feedback",
    "accounts.apps.ReadOnlyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.keep_late_forms",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.end_idle_sessions",
    "accounts.middleware.remember_roles",
    "accounts.middleware.keep_pages_private",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["accounts.templatetags.authorship"],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: collected once, served by the web process under hashed names.
STATIC_URL = "static/"
STATIC_ROOT = HOME.path / "static" if TRIAL else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Encryption in transit: a proxy ends TLS and says so in a header that it always sets.
# A trial run is plain HTTP on this machine.
SECURE_SSL_REDIRECT = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = None if TRIAL else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if TRIAL else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not TRIAL
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
# Shared wards: a session ends when nobody uses it, and at the end of a shift.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", default=30) * 60
SESSION_LONGEST_HOURS = env.int("SESSION_LONGEST_HOURS", default=12)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# What was typed and could not be saved waits so long: on the device, and here.
KEPT_HOURS = env.int("KEPT_HOURS", default=12)
KEPT_SUBJECT = "carepaths.views.subjects.subject_of"  # words for what a form is about
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Signing in: by username; nobody signs up; guessing is slowed by allauth, whose counts
# are kept in PostgreSQL, so that all web processes share them and Redis may be lost.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key"}  # a ward shares one address
ACCOUNT_EMAIL_SUBJECT_PREFIX = "SCAMPs: "
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0 if TRIAL else 1)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "SCAMPs"
MFA_TOTP_TOLERANCE = 1  # half a minute, for clocks that differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the operator gives the address, if there is one
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="scamps@localhost")

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication"
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "SCAMPs",
    "DESCRIPTION": "Care plans that learn. Everything here follows the roles and sites"
    " of the user who asks.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {"VersionState": "scamps.models.State"},
}

# Celery. Redis may be lost at any time: jobs find their work in PostgreSQL.
CELERY_BROKER_URL = celery_address(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="scamps")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 9 * 60
CELERY_TASK_TIME_LIMIT = 10 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps no file
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "forget what was parked": {
        "task": "accounts.tasks.forget_parked_forms",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "keep the roll-ups current": {
        "task": "feedback.tasks.refresh_rollups",
        "schedule": 2.0,
        "options": {"expires": 10.0},  # so that no backlog outlives a pause
    },
    "go on with replays": {
        "task": "feedback.tasks.go_on_with_replays",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers would say everything twice, or mail it.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Strangers who knock under a wrong name get a 400, and no line each.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}

# Roles are groups written from this one table by `sync_roles`: role, what it may do.
ROLES = {
    "clinician": "Sees patients of a site, fills in encounters, decides and signs.",
    "committee member": "Reads reports and discusses the plans of a Scamp.",
    "publisher": "Publishes and withdraws versions of a Scamp.",
    "data manager": "Imports cohorts and completes data of a site.",
    "safety officer": "Recalls versions and reviews harms.",
    "auditor": "Reads everything of a site, changes nothing.",
    "operator": "Runs the system, sees no patients.",
    "family": "Reserved.",
    "primary care": "Reserved.",
    "health plan": "Reserved.",
}

# The one table of the top bar: key, then the word, the URL name, and the predicate of a
# user that says who sees the word (None is everybody).
NAVIGATION = {
    "worklist": ("Worklist", "carepaths:worklist", "accounts.permissions.is_clinical"),
    "patients": ("Patients", "carepaths:patients", "accounts.permissions.is_clinical"),
    "plans": ("Plans", "scamps:scamps", None),
    "reports": ("Reports", "feedback:reports", "scamps.permissions.may_read_reports"),
}
# The pages of one version in the committee's workshop, in the order of their bar: label,
# URL name (it takes the Scamp's key and the version's number), whether drafts only.
WORKSHOP = [
    ("Outline", "scamps:outline", True),
    ("Text", "scamps:edit", True),
    ("Preview", "carepaths:preview", False),
    ("Cases", "scamps:cases", False),
    ("Comments", "scamps:comments", False),
    ("Replay", "feedback:replay", False),
    ("Changes", "scamps:history", False),
    ("Review", "scamps:review", False),
]
# The one table of names through which templates of lower apps reach pages of upper ones
# (`{% page "earlier" encounter.pk %}`): key, URL name.
UPPER_PAGES = {
    "remarks": "carepaths:remarks",
    "report": "feedback:report",
    "case": "feedback:case",
    "earlier": "feedback:earlier",
    "became": "feedback:became",
    "news": "feedback:news",
    "own figures": "feedback:own_figures",
    "paper": "carepaths:paper",
    "replay": "feedback:replay",
    "preview": "carepaths:preview",
    "recall": "carepaths:recall",
    "drafts": "carepaths:drafts",
}
