#!/usr/bin/env python3
"""Django's command line."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    for name in ("stdout", "stderr"):  # closed by whoever started this (>&-): what would be printed goes nowhere
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 for the life of the process
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netadmin.settings")
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])  # Django itself would say no more than that a command is unknown
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # a setting that makes no sense: one sentence, not a traceback
