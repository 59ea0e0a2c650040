"""Which browsers are logged in, who comes by sign-on, and of whom a second step is required since when."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecondStepDuty(models.Model):
    """Since when a second step is required of somebody; written when they first come while it is."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_step_duty", verbose_name=_("user"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("required second step")
        verbose_name_plural = _("required second steps")

    def __str__(self) -> str:
        return f"{self.user} {self.since}"


class SignOnIdentity(models.Model):
    """Who somebody is at the provider where they sign on: issuer and subject, never a name or an e-mail address.

    `groups`: as last told. `is_superuser_mapped`: a group made them a superuser, and its loss unmakes them.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_on", verbose_name=_("user"))
    issuer = models.CharField(_("issuer"), max_length=255)
    subject = models.CharField(_("subject"), max_length=255)
    groups = models.JSONField(_("groups"), default=list)
    is_superuser_mapped = models.BooleanField(_("superuser by a group"), default=False)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_issuer_and_subject")]
        verbose_name = _("sign-on")
        verbose_name_plural = _("sign-ons")

    def __str__(self) -> str:
        return f"{self.user} {self.issuer}"


class BrowserSession(models.Model):
    """One login of one browser; it goes with Django's session, of which it says what people can recognise.

    `address`, `user_agent`: as last seen, the latter cut. `seen_at`: kept to the minute.
    """

    session = models.OneToOneField(Session, models.CASCADE, related_name="browser", verbose_name=_("session"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="browsers", verbose_name=_("user"))
    address = models.CharField(_("address"), max_length=45, blank=True, default="")
    user_agent = models.CharField(_("browser"), max_length=400, blank=True, default="")
    begun_at = models.DateTimeField(_("logged in"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        ordering = ["-seen_at"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.user} {self.address}"
