"""The stock: what can be chosen today, adding by hand or by scan, and what a scanned pack is."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import A_WORD, Problem
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.vaccination import answers_of_pack
from digmed_desktop.clinical.reading import ChosenVaccine
from digmed_desktop.clinical.record import Immunization
from digmed_desktop.clinical.stock import (
    CODE_MEANS,
    BatchHold,
    StockBatch,
    held,
    other_programme,
    read_batch,
    warnings,
)
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.views.general import BatchView, ScannedOn, ScannedPack, StockView
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.reference import programmes
from digmed_desktop.scanning.pack import Found, Scan

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

LONGEST_REASON = 500
"""Characters of the reason for a hold, which each record of the batch repeats."""
ANYWHERE = ScannedOn()
"""A scan that is on no form."""


class StockDesk:
    """Questions about the stock end here."""

    def __init__(self, store: "Store", clock: Clock, known: Callable[[], tuple[Programme, ...]]) -> None:
        """``known`` returns every programme, with the pharmacy's own products."""
        self._store, self._clock, self._known = store, clock, known
        self._gate = Gate(store)

    def view(self) -> StockView:
        """Return every batch, those that can be chosen first."""
        today = self._today()
        views = [self._view(one, today) for one in self._store.stock.all()]
        views.sort(key=lambda one: bool(one.why_not))
        return StockView(tuple(views), self._products(today), today)

    def products(self) -> tuple[Option, ...]:
        """Return every product the stock can hold."""
        return self._products(self._today())

    def for_form(self, programme: str, product: str, day: str) -> tuple[BatchView, ...]:
        """Return the batches that a vaccination can be recorded with, the one to be used first first.

        ``product`` may be open: then those of the whole programme; ``day`` is the date of contact as typed.
        """
        on = dates.of_answer(day, self._today()) or self._today()
        return tuple(
            self._view(one, on)
            for one in self._store.stock.all()
            if one.programme == programme and product in ("", one.product) and one.offered(on)
        )

    def warnings(self, vaccine: Immunization, chosen: ChosenVaccine) -> tuple[Problem, ...]:
        """Return what the stock says against the batch of a vaccination."""
        if not vaccine.batch:
            return ()
        return tuple(
            warnings(
                self._store.stock.all(),
                product=chosen.product,
                number=vaccine.batch,
                expiry=vaccine.expiry,
                day=chosen.on or self._today(),
            )
        )

    def held(
        self, vaccine: Immunization, chosen: ChosenVaccine, at: datetime | None, *, done: bool
    ) -> tuple[Problem, ...]:
        """Return what the holds say against a dose; one from before the hold is recorded as any other.

        A dose that nobody stated to be given is still to be given, so a hold placed meanwhile counts.
        """
        now = self._clock.now()
        moment = at or now
        if vaccine.given is None and not done:
            moment = max(moment, now)
        return tuple(
            held(
                self._store.stock.all(),
                vaccine,
                chosen.product,
                moment,
                names=lambda one: self._product_name(one.programme, one.product),
                done=done,
            )
        )

    def hold(self, batch_id: int, why: str) -> StockView:
        """Hold a batch with a reason; return the stock. Raises DigMedError without one, or if it is held already."""
        person = self._gate.allow(Permission.HOLD_BATCH)
        reason = _reason(why, "why you hold the batch")
        batch, name = self._batch(batch_id), person.professional.name.as_on_record()
        if batch.held is not None:  # a second hold would begin later, and let pass what the first one stops
            since = "" if batch.held.is_unreadable else f", from {dates.shown_time(batch.held.since)}"
            raise DigMedError(
                f"This batch is already held{since}.",
                "That hold stays, with its reason. Nothing was changed.",
            )
        self._store.stock.hold(batch_id, BatchHold(self._clock.now(), name, reason))
        self._gate.note(AuditAct.BATCH_HELD, f"{batch.number}: {reason}")
        return self.view()

    def release(self, batch_id: int, why: str) -> StockView:
        """Lift the hold on a batch with a reason; return the stock. Raises DigMedError without one, or if none is held."""
        self._gate.allow(Permission.HOLD_BATCH)
        reason = _reason(why, "why you lift the hold")
        batch = self._batch(batch_id)
        if batch.held is None:
            raise DigMedError("This batch is no longer held.", "Nothing was changed.")
        self._store.stock.hold(batch_id, None)
        self._gate.note(AuditAct.BATCH_RELEASED, f"{batch.number}: {reason}")
        return self.view()

    def _batch(self, batch_id: int) -> StockBatch:
        for one in self._store.stock.all():
            if one.id == batch_id:
                return one
        raise DigMedError("This batch is not in the stock.", "Nothing was changed.")

    def add(
        self, answers: Mapping[str, str], by: int | None
    ) -> tuple[BatchView | None, tuple[Problem, ...], bool]:
        """Add a batch; return it, what is in the way, and whether it is new in the list."""
        self._gate.allow(Permission.KEEP_STOCK, by)
        programme, _, product = answers.get("stock.product", "").partition("|")
        known = {**answers, "stock.product": product if self._is_product(programme, product) else ""}
        if self._means_other(answers.get("stock.gtin", ""), product) and answers.get(CODE_MEANS) != "yes":
            known["stock.gtin"] = ""  # nobody said that the code means this product from now on
        batch, problems = read_batch(known, programme=programme, today=self._today())
        if batch is None:
            return None, problems, False
        kept, new = self._store.stock.add(batch, by)
        self._gate.note(AuditAct.BATCH_ADDED, kept.number, by=by)
        if batch.gtin:
            self._store.stock.map_product(batch.gtin, programme, product, by)
        return self._view(kept, self._today()), (), new

    def finish(self, batch_id: int, *, finished: bool) -> StockView:
        """Take a batch out of choice, or put it back; return the stock."""
        self._gate.allow(Permission.KEEP_STOCK)
        self._store.stock.finish(batch_id, finished=finished)
        self._gate.note(AuditAct.BATCH_FINISHED, "" if finished else "put back")
        return self.view()

    def scanned(
        self, scan: Scan, form: ScannedOn = ANYWHERE, means: tuple[str, str] | None = None
    ) -> ScannedPack:
        """Return what a scan means: the product if its GTIN is known, and the answers it gives to the form.

        A pack of another programme than the form's answers nothing and says so. What a GTIN meant in a season
        that is no longer offered is asked again. ``means``: programme and product that a person said this pack is.
        The pack is judged on the day of contact, today where that is open.
        """
        if scan.found in (Found.REFUSED, Found.PATIENT):
            return ScannedPack(scan, sentence=scan.sentence, refused=scan.found is Found.REFUSED)
        known = self._store.stock.product_of(scan.gtin) or ("", "")
        meant = (known[1], self._product_name(*known))
        known = means or known
        programme, product = known if self._is_product(*known) else ("", "")
        if programme not in {one.id for one in programmes.current(self._today())} | {form.programme}:
            programme, product = "", ""
        name = self._product_name(programme, product) if product else ""
        if why := self._refusal(scan, programme, product, form):
            return ScannedPack(scan, programme, product, name, {}, why, refused=True, meant=meant)
        answers = answers_of_pack(product, scan.batch, scan.expiry)
        return ScannedPack(scan, programme, product, name, answers, scan.sentence, meant=meant)

    def _refusal(self, scan: Scan, programme: str, product: str, form: ScannedOn) -> str:
        on = dates.of_answer(form.day, self._today(), past=True) or self._today()
        if scan.expiry and scan.expiry < on:
            return f"This pack expired on {dates.shown(scan.expiry)}: do not use it."
        if product and form.programme and programme != form.programme:
            return other_programme(
                self._product_name(programme, product),
                self._programme_name(programme),
                self._programme_name(form.programme),
            )
        return self._not_offered(product, scan, on) if scan.batch and product else ""

    def map_product(self, gtin: str, choice: str, by: int | None) -> None:
        """Keep what a GTIN means; ``choice`` is an option of :attr:`StockView.products`."""
        self._gate.allow(Permission.KEEP_STOCK, by)
        programme, _, product = choice.partition("|")
        if self._is_product(programme, product):
            self._store.stock.map_product(gtin, programme, product, by)
            self._gate.note(AuditAct.CODE_LEARNED, gtin, by=by)

    def learned(
        self, scan: Scan, choice: str, by: int | None, form: ScannedOn, *, once: bool = False
    ) -> ScannedPack:
        """Return what a scan means, as a person said, and keep it, unless it holds ``once``: for this pack alone."""
        if not once:
            self.map_product(scan.gtin, choice, by)
        programme, _, product = choice.partition("|")
        return self.scanned(scan, form, (programme, product))

    def _means_other(self, gtin: str, product: str) -> bool:
        """Whether a GTIN has meant another product so far."""
        known = self._store.stock.product_of(gtin) if gtin else None
        return known is not None and known[1] != product

    def _not_offered(self, product: str, scan: Scan, on: date) -> str:
        for one in self._store.stock.all():
            if (one.product, one.number) == (product, scan.batch) and (why := one.why_not(on)):
                return f"This batch cannot be chosen. {why}. The Stock page can change that."
        return ""

    def _view(self, batch: StockBatch, today: date) -> BatchView:
        return BatchView(
            batch,
            self._product_name(batch.programme, batch.product),
            self._programme_name(batch.programme),
            batch.why_not(today),
        )

    def _products(self, today: date) -> tuple[Option, ...]:
        return tuple(
            Option(f"{one.id}|{product.id}", f"{product.short_name} – {one.name}", product.coded.display)
            for one in self._known()
            if one.id in {offered.id for offered in programmes.current(today)}
            for product in one.products.values()
        )

    def _is_product(self, programme: str, product: str) -> bool:
        return any(one.id == programme and product in one.products for one in self._known())

    def _product_name(self, programme: str, product: str) -> str:
        for one in self._known():
            if one.id == programme and product in one.products:
                return one.products[product].short_name
        return product

    def _programme_name(self, programme: str) -> str:
        return next((one.name for one in self._known() if one.id == programme), programme)

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()


def _reason(text: str, what: str) -> str:
    if not A_WORD.search(text):
        raise DigMedError(f"Write in a few words {what}.", "Nothing was changed.")
    reason = " ".join(text.split())
    if len(reason) > LONGEST_REASON:
        raise DigMedError(
            f"Write {what} in at most {LONGEST_REASON} characters. Your text has {len(reason)}.",
            "Nothing was changed.",
        )
    return reason
