"""Django's settings, all derived from the typed environment."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chatbot.config.env import (
    BASE_DIR,
    LOOPBACK_HOSTS,
    VAR_DIR,
    get_or_make_secret_key,
    read_environment,
)
from chatbot.config.values import build_host
from chatbot.desk import unfold

django_stubs_ext.monkeypatch()

ENVIRONMENT = read_environment()

DEBUG = False
SECRET_KEY = get_or_make_secret_key(configured=ENVIRONMENT.secret_key, path=VAR_DIR / "secret_key")
PUBLIC_URL = ENVIRONMENT.public_url
# Where a webhook's path without a host leads, like the demo shop's `/shop/orders/`.
OWN_URL = PUBLIC_URL or ENVIRONMENT.own_url
WEBHOOK_PRIVATE_HOSTS = (*ENVIRONMENT.webhook_private_hosts, urlsplit(OWN_URL).netloc)
LLM_PRICES = ENVIRONMENT.llm_prices
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = [*LOOPBACK_HOSTS, *ENVIRONMENT.allowed_hosts]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(build_host(urlsplit(PUBLIC_URL).hostname or ""))
if build_host(ENVIRONMENT.host) not in {"0.0.0.0", "[::]", *ALLOWED_HOSTS}:  # noqa: S104 - compared, not bound
    ALLOWED_HOSTS.append(build_host(ENVIRONMENT.host))

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "channels",
    "ninja",
    "rules.apps.RulesConfig",
    "llm_bridge.apps.LlmBridgeConfig",
    "chatbot.conversations.apps.ConversationsConfig",
    "chatbot.web.apps.WebConfig",
    "chatbot.desk.apps.DeskConfig",
    "chatbot.demo.apps.DemoConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chatbot.web.policy.ContentPolicyMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "chatbot.web.problems.translate_errors",
]

ROOT_URLCONF = "chatbot.config.urls"
ASGI_APPLICATION = "chatbot.config.asgi.application"

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
            ]
        },
    }
]


def _build_database(url: str) -> dict[str, Any]:
    """SQLite in WAL mode with immediate transactions, or PostgreSQL behind a pool."""
    config: dict[str, Any] = environ.Env.db_url_config(
        url or f"sqlite:///{VAR_DIR / 'firstline.sqlite3'}"
    )
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        # A connection per thread is kept: opening one costs more than a turn.
        config["CONN_MAX_AGE"] = None
        options.update(
            transaction_mode="IMMEDIATE",
            timeout=20,
            init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        )
        # Two test runs at once do not meet.
        config["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
    else:
        # A pool that goes on trying by itself waits longer each time: after an outage of 35 seconds
        # it was 22 seconds late. Giving up soon, it tries anew for whoever comes next.
        pool = {"min_size": 1, "max_size": 16, "timeout": 5, "reconnect_timeout": 5}
        options.setdefault("pool", pool)
        # Seconds until a server that went without a word is noticed, instead of minutes or hours.
        patience = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
        for name, value in {"connect_timeout": 5, "tcp_user_timeout": 15_000, **patience}.items():
            options.setdefault(name, value)
        config["TEST"] = {"NAME": f"test_firstline_{os.getpid()}"}
    return config


DATABASES = {"default": _build_database(ENVIRONMENT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENVIRONMENT.redis_url
CHANNEL_LAYERS: dict[str, Any] = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # The relay tries again itself; retries here would only hold everybody up.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "retry": Retry(NoBackoff(), 0)}]},
        }
    }
    if REDIS_URL
    else {}
)

CELERY_BROKER_URL = ENVIRONMENT.celery_broker_url
# A task is only a nudge: the lease in the log and the sweep bring back what a worker left. Tasks
# acknowledged late would bring nothing back sooner, and with one under way a worker ends when
# Redis goes (kombu 5.7 wants to restore it over the connection that is gone).
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
# Seconds until a Redis that went without a word is given up; whoever has a question under way then
# answers it themselves. Workers ask it anew every second.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 3, "socket_connect_timeout": 2, "socket_keepalive": True}
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "chatbot.web.addresses.get_client_address"
CSRF_FAILURE_VIEW = "chatbot.web.problems.show_forbidden"
LOGIN_URL = reverse_lazy("admin:login")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["chatbot.config.formats"]

UNFOLD = unfold.UNFOLD

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# This process never speaks TLS itself: an https address always has a proxy before it.
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "manifest-src": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"fields": {"()": "chatbot.config.logs.FieldsFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "fields"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    "loggers": {
        "httpx2": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # Strangers write what they like into Host: it is refused, not worth a trace each.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
