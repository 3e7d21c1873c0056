"""Django settings, the same for a laptop and for production; the environment decides the rest."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from chambre.project.settings.config import Config
from chambre.project.settings.mail import mail_settings
from chambre.project.settings.sqlite import prefer_bundled, sqlite_database

CONFIG = Config.read()
prefer_bundled(CONFIG.sqlite)  # before anything imports sqlite3
PACKAGE = Path(__file__).resolve().parents[2]
CHAMBRE_HOME = CONFIG.home
CHAMBRE_DEMO = CONFIG.is_demo
CHAMBRE_LOG_LEVEL = CONFIG.log_level
CHAMBRE_LOG_JSON = CONFIG.log_json
CHAMBRE_PROXIES = CONFIG.proxies
CHAMBRE_SIGNUP = CONFIG.signup
CHAMBRE_PREPARED = CONFIG.prepared
CHAMBRE_UPLOAD_LIMIT = CONFIG.upload_limit * 1024 * 1024
CHAMBRE_SECURITY_CONTACT = CONFIG.security_contact
CHAMBRE_SOURCE_URL = CONFIG.source_url
CHAMBRE_GS1_PREFIXES = CONFIG.gs1_prefixes
CHAMBRE_EPCIS_PRIVATE_CALLBACKS = CONFIG.epcis_private_callbacks

SECRET_KEY = CONFIG.secret_key()
DEBUG = False
ALLOWED_HOSTS = [host for host in CONFIG.hosts.split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in CONFIG.origins.split(",") if origin]

ROOMS = [
    room
    for room in (
        "lens",
        "deposit",
        "shop",
        "reciprocity",
        "exchange",
        "clearing",
        "credit",
        "access",
    )
    if room not in CONFIG.rooms_off.split(",")
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rules.apps.AutodiscoverRulesConfig",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "chambre.core",
    "chambre.registry",
    "chambre.ledger",
    "chambre.epcis",
    "chambre.treasury",
    *[f"chambre.rooms.{room}" for room in ROOMS],
    "chambre.project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chambre.core.middleware.RequestIdMiddleware",
    "chambre.core.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "chambre.epcis.binding.middleware.BindingMiddleware",
    "chambre.core.middleware.ErrorMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chambre.core.middleware.ActorMiddleware",
]

ROOT_URLCONF = "chambre.project.urls"
WSGI_APPLICATION = "chambre.project.wsgi.application"

_LOADERS = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "core" / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS,
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chambre.core.ui.context.ui",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "chambre.core.templatetags.chambre",
            ],
        },
    }
]
FORM_RENDERER = "chambre.core.ui.forms.Renderer"


def postgres_database(url: str) -> dict[str, Any]:
    """The PostgreSQL settings, from a URL."""
    return {
        **dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True),
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {
    "default": postgres_database(CONFIG.database_url)
    if CONFIG.database_url
    else sqlite_database(CHAMBRE_HOME / "chambre.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "chambre.project.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # the password is optional; code or passkey do
ACCOUNT_SIGNUP_FORM_CLASS = "chambre.core.ui.accounts.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
# Counted per account (key, user) and per address (ip), in the cache that all processes share.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "1/10s/key",
    "manage_email": "10/m/user",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.proxies
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_FORMS = {"add_webauthn": "chambre.core.ui.accounts.PasskeyForm"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.https
MFA_TOTP_ISSUER = "Chambre"
USERSESSIONS_TRACK_ACTIVITY = False

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
TIME_ZONE = CONFIG.time_zone
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CHAMBRE_HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": CHAMBRE_HOME / "uploads"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = CHAMBRE_HOME / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# The form of an economic model has some ten fields for each number; Django's 1,000 hold forty rows.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

globals().update(mail_settings(CONFIG.email_url, CHAMBRE_HOME))
DEFAULT_FROM_EMAIL = CONFIG.email_from

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_SECURE = CONFIG.https
CSRF_FAILURE_VIEW = "chambre.core.views.csrf_failure"
SECURE_SSL_REDIRECT = CONFIG.https
SECURE_HSTS_SECONDS = 31536000 if CONFIG.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if CONFIG.proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
LOGGING_CONFIG = "chambre.core.logs.configure"
LOGGING: dict[str, Any] = {"version": 1}
SILENCED_SYSTEM_CHECKS: list[str] = []
