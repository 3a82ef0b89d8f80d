"""Settings. What a program may set comes from the environment; everything else is decided here."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from alongside.config import database, keys, paths
from alongside.config.services import SERVICES
from alongside.config.stored import STORED

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = keys.django_secret()
#: How long a job stays with a runner that is not heard from.
JOB_LEASE_SECONDS = int(os.environ.get("ALONGSIDE_LEASE_SECONDS", "60"))
DEBUG = os.environ.get("ALONGSIDE_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ALONGSIDE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("ALONGSIDE_ORIGINS", "").split(",") if origin]
BEHIND_HTTPS = os.environ.get("ALONGSIDE_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "alongside.jobs",
    "alongside.accounts",
    "alongside.sites",
    "alongside.messaging",
    "alongside.messaging.alerting",
    "alongside.alarms",
    "alongside.supplies",
    "alongside.participants",
    "alongside.encounters",
    "alongside.encounters.importing",
    "alongside.encounters.outbox",
    "alongside.encounters.texting",
    *SERVICES,
    "alongside.reports",
    "alongside.desk",
    "alongside.field",
    "alongside.public",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "alongside.field.compressing.PhoneCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "alongside.sites.signed_in.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alongside.sites.middleware.MemberMiddleware",
    "alongside.desk.account.locking.IdleLockMiddleware",
]

ROOT_URLCONF = "alongside.config.urls"
WSGI_APPLICATION = "alongside.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "desk" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "alongside.desk.context.shell",
                "alongside.field.context.phone",
            ],
        },
    }
]

FORM_RENDERER = "alongside.desk.look.FormRenderer"

DATABASES = database.from_environment()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in: a user name and a password, then a passkey or a code from an app. No e-mail anywhere.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["alongside.sites.signed_in.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"change_password": "alongside.accounts.forms.NewPasswordForm"}
ACCOUNT_ADAPTER = "alongside.accounts.sign_in.StaffAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PRESERVE_USERNAME_CASING = False
# Beside allauth's own limits. Counted in this process's memory only, by digests: no address is ever held.
ACCOUNT_RATE_LIMITS = {"pin": "30/10m/key", "look_up": "60/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_HTTPS else 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MFA_ADAPTER = "alongside.accounts.sign_in.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Alongside"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
GO_ON_URL = "desk:go_on"
OPEN_VIEW_MODULES = ("django.views.i18n",)

SESSION_ENGINE = "alongside.sites.signed_in"
SESSION_COOKIE_NAME = "alongside"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_NAME = "alongside_csrf"
CSRF_FAILURE_VIEW = "alongside.config.away.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# Large files are encrypted on their way to the disk.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "alongside.encounters.importing.uploads.SealedUploadHandler",
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "alongside_language"
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

CODE_KEY = keys.code_key_at_hand
STORED_FIELDS = STORED
CODE_KEY_PLACE = keys.code_key_place
MESSAGE_KEY = keys.message_key
OUTBOX_KEYS = keys.outbox_keys
PUSH_KEY = keys.push_key

STATIC_URL = "/static/"
STATIC_ROOT = paths.home() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "alongside.config.static.ModuleStorage"},
}
MEDIA_ROOT = paths.home() / "files"
PAPER_FOLDER = paths.home() / "paper"

# Nothing about a visitor is logged: no address, no browser, no URL query.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"faults": {"()": "alongside.config.logs.Faults"}},
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "place": {"()": "alongside.config.logs.PlaceOnly"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "faults": {"class": "logging.StreamHandler", "formatter": "place", "filters": ["faults"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"handlers": ["faults"], "level": "ERROR", "propagate": False},
        "alongside": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
