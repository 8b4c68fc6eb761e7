"""Say as whom and how the pharmacy sends, by the settings of that moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import Patient
from digmed_desktop.messaging.errors import RefusedError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.settings.own_product import OwnProduct
from digmed_desktop.settings.settings import Addressing, MeshEnvironment, Settings

if TYPE_CHECKING:
    from digmed_desktop.fhir.edition import Edition

NO_CONNECTION = "No connection to MESH is set up on this computer, so this does not go out. Send the practice a paper copy."
"""Why there is no electronic route while Settings, Connection is empty."""


@dataclass(frozen=True, slots=True)
class Route:
    """How one notification travels: to an ``address`` known beforehand, to one that is looked up when it is sent
    (``""``), or not by MESH at all, with the sentence why (``closed``).
    """

    address: str = field(default="", repr=False)  # names the patient where routing is automatic
    closed: str = field(default="", repr=False)


class Sender:
    """The pharmacy's mailbox, how practices are addressed, and the edition of each notification."""

    def __init__(self, mailbox: str = "", settings: Callable[[], Settings] = Settings) -> None:
        """``mailbox`` is practice mode's own, used in place of what the settings name."""
        self._mailbox, self._settings = mailbox, settings

    @property
    def connected(self) -> bool:
        """Whether a connection is set up; what is recorded without one is for paper."""
        chosen = self._settings()
        return bool(self._mailbox) or (
            chosen.mesh_environment is not MeshEnvironment.NONE and bool(chosen.mailbox)
        )

    @property
    def mailbox(self) -> str:
        """The MESH mailbox that messages come from; a place-holder while none is set up."""
        return self._mailbox or self._settings().mailbox or "NOT-SET-UP"

    def edition(self, kind: Kind) -> "Edition":
        """Return the edition in which a notification is written: the one chosen, else the program's default."""
        from digmed_desktop.fhir import editions

        chosen = self._settings().edition_of(kind.value)
        known = {one.id: one for one in editions.all_editions() if one.kind is kind}
        return known.get(chosen) or editions.default_for(kind)

    @property
    def agreed(self) -> tuple[str, ...]:
        """Return the programmes agreed at onboarding for electronic sending (``Programme.agreement``)."""
        return self._settings().agreed_programmes

    @property
    def own_products(self) -> tuple[OwnProduct, ...]:
        """The vaccines that the pharmacy added."""
        return self._settings().own_products

    def route(self, patient: Patient) -> Route:
        """Return how a notification about a patient travels.

        Under the setting that looks the practice's mailbox up nothing is known beforehand; under automatic
        routing the address is the one by which MESH finds the practice of the patient itself.
        """
        if not self.connected:
            return Route(closed=NO_CONNECTION)
        if self._settings().addressing is Addressing.LOOKUP:
            return Route()
        from digmed_desktop.mesh.addressing import automatic_address

        try:
            if patient.date_of_birth is None:
                raise RefusedError(
                    "MESH cannot find the practice without a date of birth.",
                    "Send the practice a paper copy.",
                )
            number = patient.sendable_nhs_number
            return Route(automatic_address(number, patient.date_of_birth, patient.name.family))
        except RefusedError as error:
            return Route(closed=str(error))
