"""The form of an Engine: its name, its address, and what that address needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.engine.access.facts import AccessFault, EngineAccess, EngineAddress, Fault, Scheme
from networks.engine.access.openers import opener_for
from networks.engine.access.parsing import parse_engine_url
from networks.forms.engine_material import read_ssh, read_tls, say_fault
from networks.forms.fields import QUIET
from networks.models import Engine
from networks.models.access import EngineDraft, access_of
from networks.models.engine import check_netns
from networks.policy.needed_permissions import MOST_REGISTRIES, read_registry
from networks.sync.engines import is_own

if TYPE_CHECKING:
    EngineModelForm = forms.ModelForm[Engine]
else:
    EngineModelForm = forms.ModelForm

MOST_PEM = 64_000
RESERVED = frozenset({"add"})  # /engines/add/
_TLS, _SSH = ("ca", "certificate", "tls_key"), ("ssh_key", "host_key")


def _pasted(label: Any, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4, "class": "mono", **QUIET})
    return forms.CharField(label=label, required=False, max_length=MOST_PEM, help_text=help_text, widget=area)


class EngineForm(forms.Form):
    """An Engine as it is typed; `draft` after it was valid.

    `engine`: the one that is changed, None for a new one. Credentials that are left empty stay as they are kept, where the
    address is of the same kind.
    """

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The name that people see."), widget=forms.TextInput(QUIET)
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        help_text=_("It is used in addresses and commands and never changes: letters, digits, - and _."),
        widget=forms.TextInput(QUIET),
    )
    url = forms.CharField(
        label="URL",
        max_length=300,
        help_text=_("unix:///var/run/docker.sock, tcp://host:2376 with TLS, or ssh://user@host[:port][/path/of/the/socket]."),
        widget=forms.TextInput(QUIET),
    )
    netns = forms.CharField(
        label=_("Network namespace"),
        required=False,
        max_length=300,
        validators=[check_netns],
        help_text=_("Only if the Engine runs on this machine in another namespace: /run/netns/NAME."),
        widget=forms.TextInput(QUIET),
    )
    registries = forms.CharField(
        label=_("Permitted registries"),
        required=False,
        max_length=10_000,
        help_text=_(
            "Operators may pull from Docker Hub, from those of the Engine's own configuration, and from these: one per line, "
            "such as registry.example:5000."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", **QUIET}),
    )
    ca = _pasted(_("CA certificate"), _("The CA that signed the Engine's certificate: ca.pem."))
    certificate = _pasted(
        _("Netadmin's certificate"), _("cert.pem: the Engine accepts clients whose certificate is signed by its CA.")
    )
    tls_key = _pasted(
        _("Netadmin's private key"), _("key.pem, without a passphrase. It is stored encrypted and never shown again.")
    )
    ssh_key = _pasted(
        _("Netadmin's private key for ssh"),
        _("Without a passphrase; best a key used for this alone. It is stored encrypted and never shown again."),
    )
    host_key = _pasted(_("The other machine's host key"), _("A line such as “ssh-ed25519 AAAA…”; no other key is trusted."))

    def __init__(self, *args: Any, engine: Engine | None = None, **options: Any) -> None:
        if engine is not None:
            kept = "\n".join(map(str, engine.registries))
            options["initial"] = {"name": engine.name, "url": engine.url, "netns": engine.netns, "registries": kept}
        super().__init__(*args, **options)
        self.engine = engine
        self.draft: EngineDraft | None = None
        self.kept, self.is_lost = self._read_kept()
        if engine is not None:
            del self.fields["slug"]
        if self.is_local:
            self.fields["url"].disabled = True

    @property
    def is_local(self) -> bool:
        """Whether its URL is DOCKER_HOST."""
        return self.engine is not None and is_own(self.engine)

    @property
    def scheme(self) -> str:
        """What the URL begins with, as typed: its credentials are unfolded."""
        return str(self["url"].value() or "").strip().partition("://")[0]

    @property
    def tls_fields(self) -> list[forms.BoundField]:
        """What tcp:// needs."""
        return [self[name] for name in _TLS]

    @property
    def ssh_fields(self) -> list[forms.BoundField]:
        """What ssh:// needs."""
        return [self[name] for name in _SSH]

    def clean_slug(self) -> str:
        """Refuse a short name that is taken, or that an address of our own has."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug in RESERVED or Engine.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This short name is taken."))
        return slug

    def clean_registries(self) -> list[str]:
        """Return the registries by the names that Docker has for them."""
        typed = str(self.cleaned_data["registries"]).replace(",", " ").split()
        read = {text: read_registry(text) for text in typed}
        if wrong := next((text for text, name in read.items() if name is None), None):
            raise forms.ValidationError(
                _("“%(typed)s” is not a registry: name or address, with a port where it has one.") % {"typed": wrong[:80]}
            )
        if len(read) > MOST_REGISTRIES:
            raise forms.ValidationError(_("No more than %(count)s registries.") % {"count": MOST_REGISTRIES})
        return sorted({name for name in read.values() if name})

    def clean(self) -> dict[str, Any]:
        """Make of URL and credentials an access that can be used."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "url" not in cleaned:
            return cleaned
        try:
            access = self._access(parse_engine_url(cleaned["url"].strip()))
            opener_for(access)
        except AccessFault as error:
            field, sentence = say_fault(error)
            self.add_error(field, forms.ValidationError(sentence, error.fault.value))
            return cleaned
        if not self.errors:
            slug = self.engine.slug if self.engine else cleaned["slug"]
            self.draft = EngineDraft(slug, cleaned["name"], access, cleaned["netns"], tuple(cleaned["registries"]))
        return cleaned

    def _access(self, address: EngineAddress) -> EngineAccess:
        """Return the access with what was typed, or with what is kept. Raises AccessFault."""
        if address.scheme is Scheme.TCP:
            typed = [self._typed(name) for name in _TLS]
            if any(typed):
                return EngineAccess(address, tls=read_tls(*typed))
            self._refuse_lost()
            return EngineAccess(address, tls=self.kept.tls if self.kept else None)
        if address.scheme is Scheme.SSH:
            kept = self.kept.ssh if self.kept else None
            key, host_key = (self._typed(name) for name in _SSH)
            if not key:
                self._refuse_lost()
            return EngineAccess(
                address, ssh=read_ssh(key or (kept.key if kept else ""), host_key or self._kept_host_key(address))
            )
        return EngineAccess(address)

    def _refuse_lost(self) -> None:
        """Raise AccessFault where what is kept, and was left as it is, can't be opened."""
        if self.is_lost:
            raise AccessFault(Fault.LOST, "The credentials can't be opened.")

    def _kept_host_key(self, address: EngineAddress) -> str:
        """Return the host key that is kept for this very machine: another one has to be accepted anew."""
        if self.kept is None or self.kept.ssh is None:
            return ""
        known = self.kept.address
        return self.kept.ssh.host_key if (known.host, known.port) == (address.host, address.port) else ""

    def _typed(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "").strip()

    def _read_kept(self) -> tuple[EngineAccess | None, bool]:
        """Return what is kept of the Engine's access, and whether it is lost."""
        if self.engine is None:
            return None, False
        try:
            return access_of(self.engine), False
        except AccessFault as error:
            return None, error.fault is Fault.LOST


_TYPED = ("slug", "name", "url", "netns")


class EngineAdminForm(EngineModelForm):
    """An Engine in the admin site. `draft`: what is to be kept of its credentials, None where its URL can't be changed here."""

    class Meta:
        help_texts = {"url": _("Credentials are typed on the Engine's own page.")}

    draft: EngineDraft | None = None

    def clean(self) -> dict[str, Any]:
        """Have the page's form judge what was typed, with the credentials that are kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "url" not in self.fields or self.errors:
            return cleaned
        engine = self.instance if self.instance.pk else None
        typed = {name: cleaned.get(name, "") for name in _TYPED}
        page = EngineForm(typed | {"registries": "\n".join(map(str, self.instance.registries))}, engine=engine)
        page.is_valid()
        for name, faults in page.errors.as_data().items():
            self.add_error(name if name in self.fields else "url", faults)
        self.draft = page.draft
        return cleaned
