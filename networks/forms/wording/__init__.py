"""Sentences of findings, by form: they know no form."""
