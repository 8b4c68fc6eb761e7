"""Store the pharmacy's choices about its messages: editions, what was agreed at onboarding, products of its own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from digmed_desktop.clinical import own_product
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.views.messages import EditionChoice, MessageSettings, OwnProductView
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference import programmes
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.own_product import OwnProduct

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

_NAMES = {Kind.VACCINATION: "Vaccinations", Kind.EMERGENCY_SUPPLY: "Emergency supplies"}


class MessageDesk:
    """Asks about these settings end here. What is changed holds for the next message; sent ones stay as they are."""

    def __init__(self, store: "Store", sender: Sender, choices: Choices) -> None:
        self._sender, self._choices, self._gate = sender, choices, Gate(store)

    def shown(self) -> MessageSettings:
        """Return everything as it is now."""
        kinds = programmes.by_agreement()
        now = self._choices.now()
        return MessageSettings(
            editions=tuple(self._editions(kind) for kind in Kind),
            agreements=programmes.agreements(),
            agreed=now.agreed_programmes,
            programmes=tuple(Option(key, one.name) for key, one in kinds.items()),
            routes={key: one.lists["routes"] for key, one in kinds.items()},
            own=tuple(
                OwnProductView(
                    one.id,
                    one.display,
                    kinds[one.programme].name if one.programme in kinds else one.programme,
                    one.code,
                )
                for one in now.own_products
            ),
            retired=tuple(kind["name"] for kind in OWN.raw("editions/words/retired.toml")["kind"]),
        )

    def choose_edition(self, workflow: str, edition: str) -> None:
        """Send a notification in another edition from now on."""
        self._gate.allow(Permission.CHANGE_MESSAGES)
        editions = {**self._choices.now().editions, workflow: edition}
        self._choices.change(editions=MappingProxyType(editions))
        self._gate.note(AuditAct.MESSAGES_CHANGED, f"edition {edition} of {workflow}")

    def agree(self, agreed: tuple[str, ...]) -> None:
        """Say what was agreed at onboarding."""
        self._gate.allow(Permission.CHANGE_MESSAGES)
        known = {one.id for one in programmes.agreements()}
        self._choices.change(agreed_programmes=tuple(one for one in agreed if one in known))
        self._gate.note(AuditAct.MESSAGES_CHANGED, "agreed: " + ", ".join(agreed))

    def add_product(self, answers: Mapping[str, str]) -> tuple[Problem, ...]:
        """Add an own product, or return what is wrong with it."""
        self._gate.allow(Permission.CHANGE_MESSAGES)
        taken = {one.id: one for one in self._choices.now().own_products}
        made, problems = own_product.read(answers, programmes.by_agreement(), taken)
        if made is not None:
            self._keep((*taken.values(), made))
        return problems

    def remove_product(self, product_id: str) -> None:
        """No longer offer an own product; what was recorded with it stays as it is."""
        self._gate.allow(Permission.CHANGE_MESSAGES)
        kept = [one for one in self._choices.now().own_products if one.id != product_id]
        self._keep(tuple(kept))

    def _keep(self, products: tuple[OwnProduct, ...]) -> None:
        self._choices.change(own_products=products)
        self._gate.note(AuditAct.MESSAGES_CHANGED, "own products")

    def _editions(self, kind: Kind) -> EditionChoice:
        from digmed_desktop.fhir import editions

        options = tuple(
            Option(one.id, f"{one.name} (usual)" if one.default else one.name, one.note)
            for one in editions.all_editions()
            if one.kind is kind
        )
        return EditionChoice(kind.value, _NAMES[kind], options, self._sender.edition(kind).id)
