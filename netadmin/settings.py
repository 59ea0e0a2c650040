"""Django's settings, made from the environment (netadmin/env.py)."""

from __future__ import annotations

import sys
from hashlib import sha256
from ipaddress import ip_network

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from netadmin.databases import configure_postgresql, configure_sqlite
from netadmin.env import BASE_DIR, read_configuration
from netadmin.logs import configure_logs
from netadmin.private_files import read_or_make_secret_key, read_readyz_token, read_secret_key_fallbacks
from netadmin.sign_on import read_sign_on
from networks.policy.origins import allowed_origins, host_names, read_public_url

CONFIGURATION = read_configuration()
try:
    PUBLIC = read_public_url(CONFIGURATION.public_url) if CONFIGURATION.public_url else None
    NETADMIN_ALLOWED_ORIGINS = allowed_origins(
        CONFIGURATION.bind, CONFIGURATION.port, (*CONFIGURATION.trusted_origins, *([PUBLIC.origin] if PUBLIC else []))
    )
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error

NETADMIN_SIGN_ON = read_sign_on(CONFIGURATION)

DEBUG = CONFIGURATION.is_debug
SECRET_KEY = read_or_make_secret_key(CONFIGURATION.data_dir, CONFIGURATION.secret_key_file)
SECRET_KEY_FALLBACKS = read_secret_key_fallbacks(CONFIGURATION.data_dir, CONFIGURATION.secret_key_fallbacks)

INSTALLED_APPS = [
    # For Django's own runserver, which has sockets by it; every other command would take a quarter longer to start.
    *(["daphne"] if "runserver" in sys.argv else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *(["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"] if NETADMIN_SIGN_ON else []),
    "networks",
]

MIDDLEWARE = [
    # These four see every answer, refusals and static files included.
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "networks.views.middleware.HeadersMiddleware",
    # Before the check of the host: the page that refuses one needs its style sheets, and they are no secret.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "networks.views.middleware.OriginMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "networks.views.middleware.HastyDatabaseMiddleware",
    "networks.views.middleware.LenientSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, so that it knows the user and the address. It is synchronous, and with it the whole chain: one thread switch per
    # request instead of two for each middleware.
    "networks.views.middleware.PolicyMiddleware",
]

# The path that everything lies below, where a proxy gives us a part of a host; "" for none.
NETADMIN_PREFIX = PUBLIC.prefix if PUBLIC else ""
FORCE_SCRIPT_NAME = NETADMIN_PREFIX or None

ROOT_URLCONF = "netadmin.urls"
ASGI_APPLICATION = "netadmin.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["netadmin.templates.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "networks.views.shell.shell",
            ],
        },
    }
]

DATABASES = {
    "default": configure_postgresql(CONFIGURATION.database_url, CONFIGURATION.database_connections)
    if CONFIGURATION.database_url
    else configure_sqlite(CONFIGURATION.data_dir)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = CONFIGURATION.language
LANGUAGES = [("en", _("English")), ("ko", _("한국어"))]
LOCALE_PATHS = [BASE_DIR / "networks" / "locale"]
TIME_ZONE = CONFIGURATION.time_zone
USE_TZ = True

# Whole, for threads that no request began draw rows as well, and only requests know a prefix.
STATIC_URL = f"{NETADMIN_PREFIX}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# What was collected beforehand, as in the image, is not collected again at a start.
NETADMIN_STATIC_DIR = CONFIGURATION.static_dir
STATIC_ROOT = NETADMIN_STATIC_DIR or CONFIGURATION.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "netadmin.storage.HashedStaticFilesStorage"},
}

# Login: by username, accounts come from an admin, nothing sends e-mail.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# A form is text, and its page shows it again. networks/management/connection_bounds.py refuses more at the header.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "networks.policy.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds for which the password need not be typed again
# networks/policy/login/throttle.py counts logins: allauth's own limits let a stranger keep an account's owner out.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
# OriginMiddleware leaves one true client address; allauth must not read the header a second time.
ALLAUTH_TRUSTED_PROXY_COUNT = 0

# Sign-on, where there is any: its own log-in, for none of allauth's decides who somebody is.
SOCIALACCOUNT_ADAPTER = "networks.views.accounts.sign_on_arrival.SignOnAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds, for each question to the provider

# The second step: an app's code (one half minute early or late), recovery codes shown once, passkeys.
MFA_ADAPTER = "networks.policy.login.two_factor.TwoFactorAdapter"
MFA_FORMS = {
    "authenticate": "networks.forms.second_step.SecondStepForm",
    "authenticate_webauthn": "networks.forms.second_step.PasskeyStepForm",
    "activate_totp": "networks.forms.second_step.AppForm",
    "add_webauthn": "networks.forms.second_step.PasskeyForm",
    "edit_webauthn": "networks.forms.second_step.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Netadmin"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nothing here sends e-mail

# Guesses are counted here. Django keeps 300 entries unless told otherwise: a few hundred addresses would have washed them out.
NETADMIN_CACHE_TABLE = "netadmin_cache"
_IN_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
_IN_DATABASE = {**_IN_MEMORY, "BACKEND": "netadmin.shared_cache.CountingDatabaseCache", "LOCATION": NETADMIN_CACHE_TABLE}
CACHES = {
    "default": _IN_DATABASE if CONFIGURATION.database_url else _IN_MEMORY,
    "process": _IN_MEMORY,  # what each process may know by itself
}

# Cookies have no port: two dashboards on one machine would log each other out. Servers behind one address share theirs.
NETADMIN_COOKIE_SUFFIX = sha256(str(PUBLIC).encode()).hexdigest()[:8] if PUBLIC else str(CONFIGURATION.port)
SESSION_COOKIE_NAME = f"netadmin_session_{NETADMIN_COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"netadmin_csrf_{NETADMIN_COOKIE_SUFFIX}"
LANGUAGE_COOKIE_NAME = "netadmin_language"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "networks.policy.login.store"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds; only with "remember me", else until the browser closes
CSRF_FAILURE_VIEW = "networks.views.denied.csrf_failed"
CSRF_TRUSTED_ORIGINS = sorted(NETADMIN_ALLOWED_ORIGINS)

# Hosts and headers. ALLOWED_HOSTS knows no ports: OriginMiddleware is the one that is exact.
ALLOWED_HOSTS = host_names(NETADMIN_ALLOWED_ORIGINS)
if CONFIGURATION.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],  # said by default-src, and wanted in so many words by ASVS 3.4.3
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS belongs to whoever terminates TLS
    "security.W008",  # so does the redirect to https
    "security.W012",  # HeadersMiddleware marks cookies Secure where the page is on https
    "security.W016",
]

LOGGING = configure_logs(CONFIGURATION.log_level, CONFIGURATION.log_format)

# Ours; `networks` reads them through django.conf.
NETADMIN_VERSION = "0.2.0.dev0"  # as in pyproject.toml, which an installation need not have
NETADMIN_PROC_DIR = "/proc"  # where this process reads which container it runs in, if any
NETADMIN_DATA_DIR = CONFIGURATION.data_dir
NETADMIN_SECRET_KEY_FILE = CONFIGURATION.secret_key_file
NETADMIN_DOCKER_HOST = CONFIGURATION.docker_host
NETADMIN_ENGINE = CONFIGURATION.engine
NETADMIN_NETNS = CONFIGURATION.netns
NETADMIN_READ_ONLY = CONFIGURATION.is_read_only
NETADMIN_FOLLOW = CONFIGURATION.is_following
NETADMIN_ADDRESS_HISTORY_DAYS = CONFIGURATION.address_history_days
NETADMIN_BACKUP_DIR = CONFIGURATION.backup_dir
NETADMIN_BACKUP_KEEP = CONFIGURATION.backup_keep
NETADMIN_BACKUP_PASSPHRASE_FILE = CONFIGURATION.backup_passphrase_file
NETADMIN_EVENT_DAYS = CONFIGURATION.event_days
NETADMIN_JOB_DAYS = CONFIGURATION.job_days
NETADMIN_ACTIVITY_DAYS = CONFIGURATION.activity_days
NETADMIN_ACTIVITY_LOG = CONFIGURATION.activity_log
NETADMIN_ACTIVITY_LOG_CA = CONFIGURATION.activity_log_ca
NETADMIN_DATABASE_CONNECTIONS = CONFIGURATION.database_connections
NETADMIN_PORT = CONFIGURATION.port
NETADMIN_BIND = CONFIGURATION.bind
NETADMIN_PUBLIC_URL = str(PUBLIC) if PUBLIC else ""
NETADMIN_TRUSTED_PROXIES = CONFIGURATION.trusted_proxies
NETADMIN_MOST_SESSIONS = CONFIGURATION.most_sessions
NETADMIN_ADMIN_FROM = [ip_network(text) for text in CONFIGURATION.admin_from]
NETADMIN_SECOND_STEP_FOR = frozenset(CONFIGURATION.second_step_for)
NETADMIN_SECOND_STEP_DAYS = CONFIGURATION.second_step_days
NETADMIN_SECURITY_CONTACT = CONFIGURATION.security_contact
NETADMIN_SLOW_ENGINE_MS = CONFIGURATION.slow_engine_ms
NETADMIN_SLOW_QUERY_MS = CONFIGURATION.slow_query_ms
NETADMIN_READYZ_TOKEN = read_readyz_token(CONFIGURATION.readyz_token_file)
NETADMIN_ADMIN_USERNAME = CONFIGURATION.admin_username
NETADMIN_ADMIN_PASSWORD_FILE = CONFIGURATION.admin_password_file
