"""The settings of the tests: Netadmin's own, on a data directory that is thrown away, untouched by the environment."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.guarded.sitecustomize import NOWHERE, hold
from tests.leftovers import name_prefix
from tests.postgres import PrivatePostgres

for name in [name for name in os.environ if name.startswith("NETADMIN_") and not name.startswith("NETADMIN_TEST")]:
    del os.environ[name]
# Stays in the environment: a process that a test starts never writes into the real one either. Its name tells the reaper
# whose it is, when this process is killed before it can remove it.
os.environ["NETADMIN_DATA_DIR"] = tempfile.mkdtemp(prefix=name_prefix())
atexit.register(shutil.rmtree, os.environ["NETADMIN_DATA_DIR"], ignore_errors=True)

# Nothing here opens a socket that no test made, and nothing that is started from here does.
hold(Path(os.environ["NETADMIN_DATA_DIR"], "strays"))
os.environ["DOCKER_HOST"] = NOWHERE_ENGINE = f"unix://{NOWHERE[0]}/docker.sock"

# The same tests on the other database: each process of them has a server of its own.
IS_ON_POSTGRESQL = os.environ.get("NETADMIN_TEST_DATABASE") == "postgresql"
if IS_ON_POSTGRESQL:
    POSTGRES = PrivatePostgres().__enter__()
    os.environ |= {"DATABASE_URL": POSTGRES.url(), "NETADMIN_ENGINE": "local"}

from netadmin.settings import *  # noqa: E402, F403
from netadmin.settings import ALLOWED_HOSTS, DATABASES, NETADMIN_ALLOWED_ORIGINS, STATIC_ROOT, STORAGES  # noqa: E402

# Django's test client says that it asked for http://testserver.
NETADMIN_ALLOWED_ORIGINS = NETADMIN_ALLOWED_ORIGINS | {"http://testserver"}
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
CSRF_TRUSTED_ORIGINS = sorted(NETADMIN_ALLOWED_ORIGINS)
NETADMIN_FOLLOW = False  # a test that needs a follower starts its own
NETADMIN_DOCKER_HOST = NOWHERE_ENGINE

# No test of this process cuts the power: those that ask what a disk has keep a server of their own. Several Engines that unpack
# images keep a disk so busy that a commit waits, with the lock in its hands, for longer than the next writer does.
if not IS_ON_POSTGRESQL:
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # made to be quick
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir()  # whitenoise warns of a folder that is not there, and warnings are errors
