"""The form that keeps an address: which one, and that what breaks meanwhile was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.addressing.reading import IPAddress
from networks.forms.confirming import ConfirmForm
from networks.queries.addresses.keeping import unrequested_addresses
from networks.queries.addresses.marks import Mark
from networks.queries.engine_context import NetworkChoice
from networks.queries.rows import EndpointRow


@dataclass(frozen=True, slots=True)
class Offer:
    """An address to keep. `is_present`: the endpoint has it now; else it had it before. `holder`: who stands in the way, "" for
    nobody; `is_wish`: it doesn't have the address, and asks for it when it starts.
    """

    address: IPAddress
    is_present: bool
    holder: str = ""
    is_wish: bool = False

    @property
    def key(self) -> str:
        """The value of its radio button."""
        return str(self.address)


def offers_of(endpoint: EndpointRow, mark: Mark | None, network: NetworkChoice) -> tuple[Offer, ...]:
    """Return the addresses that may be kept: those that the endpoint has unasked, and the one that it had before."""
    found = [Offer(address, is_present=True) for address in unrequested_addresses(endpoint)]
    earlier = unrequested_addresses(endpoint, mark) if mark else ()
    for address in earlier:
        pools = [pool for pool in network.pools if pool.subnet is not None and address in pool.subnet]
        if not pools:
            continue
        kept_back = {pool.gateway: _("the gateway") for pool in pools} | {
            each: name for pool in pools for name, each in pool.aux_addresses.items()
        }
        asking = "" if address in network.holders else network.wishes.get(address, "")
        holder = network.holders.get(address) or asking or kept_back.get(address, "")
        found.append(Offer(address, is_present=False, holder=str(holder), is_wish=bool(asking)))
    return tuple(found)


class KeepForm(ConfirmForm):
    """Keep one of these addresses; the first that nobody stands in the way of is chosen until another is."""

    address = forms.ChoiceField(label=_("Which address"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, offers: Sequence[Offer] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.offers = tuple(offers)
        self.possible = tuple(offer for offer in offers if not offer.holder)
        choice = self.fields["address"]
        choice.choices = [(offer.key, offer.key) for offer in self.possible]  # type: ignore[attr-defined]
        choice.initial = self.possible[0].key if self.possible else ""

    @property
    def chosen(self) -> Offer | None:
        """What is chosen, None where nothing can be."""
        typed = self["address"].value()
        return next((offer for offer in self.possible if offer.key == typed), self.possible[0] if self.possible else None)
