#!/usr/bin/env python3
"""Django's command line."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netadmin.settings")
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])  # Django itself would say no more than that a command is unknown
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # a setting that makes no sense: one sentence, not a traceback
