"""A form whose errors are findings: each with a level, a sentence and, where there is one, a value that would do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.translation import gettext

from networks.addressing.findings import Finding, Level

NOT_THERE_YET = frozenset({"name_missing", "container_missing", "network_missing", "image_missing", "donor_missing"})
NOT_THERE_YET |= {"swarm_no_token", "swarm_no_remote", "swarm_no_manager"}


def say_finding(finding: Finding) -> str:
    """Return the sentence of a finding, in the reader's language."""
    return gettext(finding.message) % finding.parameters


def say_advice(finding: Finding) -> str:
    """Return what Docker would do, or what helps, "" where the sentence says enough."""
    return gettext(finding.advice) if finding.advice else ""


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out: a button that submits `value` under `name`, or a link to `url`."""

    label: str
    value: str
    name: str = "use"
    is_primary: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding as components/verdict.html and the fields show it. `field`: the HTML name, such as "pools-0-subnet"."""

    level: str
    field: str
    title: str
    text: str = ""
    fixes: tuple[Fix, ...] = ()


def verdict_of(finding: Finding, *, is_primary: bool = False) -> Verdict:
    """Return what a person sees of a finding; a suggestion becomes a button."""
    target = finding.suggestion_field or finding.field
    # An empty suggestion with a named field empties that field.
    has_fix = bool(finding.suggestion or finding.suggestion_field)
    label = gettext(finding.fix) if finding.fix else gettext("Did you mean %(suggestion)s?")
    fix = Fix(label % {"suggestion": finding.suggestion}, f"{target}={finding.suggestion}", is_primary=is_primary)
    return Verdict(str(finding.level), finding.field, say_finding(finding), say_advice(finding), (fix,) if has_fix else ())


class FindingsForm(forms.Form):
    """A form that gathers findings while it is cleaned; the bad ones are its errors.

    `is_draft`: somebody is still filling it, so nothing is said of what isn't there yet. `parts`: forms within it, its rows.
    """

    # By a fold's name in the template, the fields that stand in it.
    FOLDS: Mapping[str, Collection[str]] = {}

    def __init__(self, *args: Any, is_draft: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_draft = is_draft
        self.findings: list[Finding] = []

    def add_finding(self, finding: Finding) -> None:
        """Keep a finding about one of this form's own fields; a bad one makes the form invalid."""
        if self.is_draft and finding.key in NOT_THERE_YET:
            return
        if finding.level is Level.BAD:
            self.add_error(finding.field if finding.field in self.fields else None, say_finding(finding))
        target = self.html_name(finding.suggestion_field)
        self.findings.append(replace(finding, field=self.html_name(finding.field), suggestion_field=target))

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Keep several."""
        for finding in findings:
            self.add_finding(finding)

    @property
    def parts(self) -> Sequence[FindingsForm]:
        """Return the forms within it."""
        return ()

    @property
    def all_findings(self) -> list[Finding]:
        """Return the findings of the form and of its parts."""
        return [finding for form in (self, *self.parts) for finding in form.findings]

    @property
    def open_folds(self) -> frozenset[str]:
        """Return the folds in which something stands, or is said."""
        return frozenset(fold for fold, names in self.FOLDS.items() if any(map(self._is_told, names)))

    def is_valid(self) -> bool:
        """Tell whether Docker may be asked."""
        return super().is_valid() and all(part.is_valid() for part in self.parts)

    def _is_told(self, name: str) -> bool:
        return name in self.fields and bool(self[name].value() or self[name].errors or self.findings_of(name))

    def mark(self, name: str, text: str) -> None:
        """Say at a field what an Engine refused, and of the same field no longer that it is fine."""
        self.add_error(name, text)
        self.findings = [each for each in self.findings if each.level is not Level.OK or each.field != self.html_name(name)]

    def html_name(self, name: str) -> str:
        """Return the HTML name of a field of this form."""
        return str(self.add_prefix(name)) if name in self.fields else name

    def findings_of(self, name: str) -> list[Verdict]:
        """Return what there is to say beside a field, by its own name: what is wrong first; what is fine is not said there."""
        found = [finding for finding in self.findings if finding.field == self.html_name(name) and finding.level is not Level.OK]
        return [verdict_of(finding) for finding in sorted(found, key=_rank)]


def preflight(findings: Iterable[Finding]) -> list[Verdict]:
    """Return all findings in the order in which they matter; the first way out is the primary one."""
    ordered = sorted(findings, key=_rank)
    first = next((finding for finding in ordered if finding.level is Level.BAD and finding.suggestion), None)
    return [verdict_of(finding, is_primary=finding is first) for finding in ordered]


def _rank(finding: Finding) -> int:
    return (Level.BAD, Level.WARN, Level.OK).index(finding.level)
