"""A notification and its correction in the real store, to which anything happens in any order."""

import hashlib
import tempfile
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.corrections import Way
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.sending import FrozenMessage, InboxItem, ItemKind, Receipt
from digmed_desktop.messaging.states import ACTS, ANSWERS, IN_TRANSIT, Happening, Need, State
from digmed_desktop.messaging.story import Story
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, MovedClock, answered, facts, local_id, message, token
from tests.messaging.claims import CLAIMS

H, S = Happening, State
CODES: dict[str, tuple[Happening, bool]] = {
    "20013": (H.ACCEPTED, False),
    "30001": (H.MATCHED, False),
    "30004": (H.MATCHED, True),
    "30002": (H.NOT_KNOWN, True),
    "20007": (H.DUPLICATE, False),
    "20009": (H.REJECTED, True),
    "29999": (H.UNEXPECTED, True),
}
UNHAPPY = (S.NOT_DELIVERED, S.ALREADY_HELD, S.NOT_KNOWN_THERE, S.REJECTED, S.NO_ANSWER)


def frozen() -> FrozenMessage:
    made = replace(message(), message_id=str(uuid.uuid4()), sender_reference=str(uuid.uuid4()))
    body = made.message_id.encode()
    return replace(made, payload=body, sha256=hashlib.sha256(body).hexdigest())


class Versions(RuleBasedStateMachine):
    """Up to four versions of one notification; MESH, the practice, the clock and people act as they like."""

    @initialize(not_shared=st.booleans())
    def begin(self, not_shared: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = MovedClock()
        self.store = fresh_store(Path(self.folder.name) / "d" / "digmed.db", KEY, self.clock)
        self.ada = self.store.people.add(PHARMACIST, "hash")
        self.ids: list[int] = []
        self._freeze(not_shared=not_shared)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def _freeze(self, *, not_shared: bool = False, **more: object) -> None:
        made = None if not_shared else frozen()
        more["not_shared"] = not_shared
        self.ids.append(
            self.store.notifications.freeze(
                None, "{}", facts(), made, local_id(), self.ada, token=token(), **more  # type: ignore[arg-type]
            )
        )  # fmt: skip

    def _story(self, of: int) -> Story:
        return self.store.notifications.story(of)

    # ---- MESH

    @rule(end=st.sampled_from([H.TAKEN, H.NOT_TAKEN, H.OUTCOME_UNKNOWN, H.REFUSED]))
    def send(self, end: Happening) -> None:
        sendings = self.store.deliveries.waiting(9)
        for sending in sendings:
            row = self.store.notifications.row(sending.notification)
            assert not row.held
            assert row.state is S.WAITING
        if sendings:
            one = sendings[0].local_id
            assert self.store.deliveries.claim([one]) == {one}
            assert self.store.deliveries.claim([one]) == set()
            receipt = Receipt(f"M{uuid.uuid4().hex}", "BOX") if end is H.TAKEN else None
            self.store.deliveries.record(one, end, receipt=receipt)

    @rule(end=st.sampled_from([H.FOUND, H.NOT_FOUND]))
    def look_up(self, end: Happening) -> None:
        unsure = self.store.deliveries.next_unsure()
        if unsure is not None:
            receipt = Receipt(f"M{uuid.uuid4().hex}", "BOX") if end is H.FOUND else None
            self.store.deliveries.record(unsure.local_id, end, receipt=receipt)

    @rule(which=st.integers(0, 3))
    def report(self, which: int) -> None:
        sent = self._story(self.ids[which % len(self.ids)])
        if not sent.message_id:
            return
        mesh_id = uuid.uuid4().hex
        about: dict[str, Any] = {"linked_id": sent.mesh_id, "local_id": sent.local_id}
        self.store.inbox.keep(
            InboxItem(mesh_id, ItemKind.REPORT, "DIGMED_FLU_VAC", "", b"", status_code="14", **about)
        )
        assert self.store.inbox.place_report(mesh_id).matched
        self.store.inbox.apply_report(mesh_id)

    @rule(which=st.integers(0, 3), code=st.sampled_from(sorted(CODES)), times=st.integers(1, 2))
    def answer(self, which: int, code: str, times: int) -> None:
        message_id = self._story(self.ids[which % len(self.ids)]).message_id
        if not message_id:
            return
        happening, asks = CODES[code]
        meaning = Meaning(code, happening, asks, "A sentence.", voids_original=False)
        for _ in range(times):
            mesh_id = uuid.uuid4().hex
            self.store.inbox.keep(InboxItem(mesh_id, ItemKind.DATA, "DIGMED_FLU_VAC_ACK", "BOX", b"x"))
            assert answered(self.store, mesh_id, message_id, "BOX")
            self.store.inbox.apply_response(mesh_id, (meaning,), None)

    @rule(hours=st.sampled_from([1, 30, 24 * 9]))
    def time_goes_by(self, hours: int) -> None:
        self.clock.move(hours=hours)
        self.store.deliveries.raise_overdue(Duty())
        for of in self.ids:
            row = self.store.notifications.row(of)
            settled = max(row.changed_at, row.contact_at)
            if row.state in IN_TRANSIT and self.clock.now() > Duty().overdue_from(settled) + timedelta(
                days=14
            ):
                assert row.needs_person

    # ---- people

    @rule(
        which=st.integers(0, 3),
        act=st.sampled_from(["cancel", "record_paper", "record_telephone", "deal_with"]),
    )
    def person(self, which: int, act: str) -> None:
        of = self.ids[which % len(self.ids)]
        try:
            getattr(self.store.notifications, act)(of, self.ada, "why")
        except NotAllowedNowError:
            return
        row = self.store.notifications.row(of)
        spoken = act in ("record_telephone", "cancel")
        assert not row.needs_person or (row.need is Need.WITHDRAWAL and not spoken)

    @rule(which=st.integers(0, 3))
    def again(self, which: int) -> None:
        of = self.ids[which % len(self.ids)]
        try:
            self.store.notifications.send_again(of, self.ada, local_id())
        except NotAllowedNowError:
            return
        assert self.store.notifications.row(of).state is S.WAITING

    @precondition(lambda self: len(self.ids) < 4)
    @rule(which=st.integers(0, 3), how=st.sampled_from(["", "withdrawal", "not_shared"]))
    def correct(self, which: int, how: str) -> None:
        of = self.ids[which % len(self.ids)]
        plan = self.store.notifications.correction(of)
        if plan.way is Way.LATEST_ONLY:
            return
        try:
            self._freeze(correction=plan, withdrawal=how == "withdrawal", not_shared=how == "not_shared")
        except NotAllowedNowError:
            return
        except ValueError:
            assert how == "not_shared"
            assert plan.way in (Way.HOLD, Way.REPLACE)
            return
        new = self.store.notifications.row(self.ids[-1])
        assert new.held == (plan.way is Way.HOLD)

    # ---- what always holds

    @invariant()
    def every_state_is_true(self) -> None:
        for of in getattr(self, "ids", ()):
            story = self._story(of)
            happened = {Happening(event.happening) for event in story.events}
            assert story.events[-1].state is story.row.state
            if story.row.state in CLAIMS:
                assert CLAIMS[story.row.state] & happened

    @invariant()
    def what_is_not_shared_is_never_sent_and_never_lost(self) -> None:
        for of in getattr(self, "ids", ()):
            story = self._story(of)
            kept = H.NOT_SHARED.value in [event.happening for event in story.events]
            assert kept == (story.message_id == "" and story.messages == ())
            if kept:
                assert story.row.state in (S.NOT_SHARED, S.REPLACED)
                assert not story.row.needs_person
            if story.row.state is S.REPLACED and kept:
                after = [n for n in map(self.store.notifications.row, self.ids) if n.corrects == of]
                assert any(n.state is not S.CANCELLED for n in after)

    @invariant()
    def no_need_is_lost(self) -> None:
        for of in getattr(self, "ids", ()):
            story = self._story(of)
            acts = [
                n for n, event in enumerate(story.events) if Happening(event.happening) in ACTS and event.by
            ]
            since = story.events[max(acts, default=-1) + 1 :]
            heard_before = {
                (event.happening, event.code) for event in story.events[: len(story.events) - len(since)]
            }
            asked = [e for e in since if CODES.get(e.code, (None, False))[1]]
            fresh = [e for e in asked if (e.happening, e.code) not in heard_before]
            told = story.row.state in (S.ON_PAPER, S.BY_TELEPHONE)
            if [e for e in fresh if not (told and e.happening == H.REJECTED)]:
                assert story.row.need in (Need.ANSWERED, Need.WITHDRAWAL)  # the later asks for a call besides
            if story.row.state in UNHAPPY and not acts:
                assert story.row.needs_person

    @invariant()
    def a_held_correction_waits_for_its_original(self) -> None:
        for of in getattr(self, "ids", ()):
            row = self.store.notifications.row(of)
            if row.held and row.state is not S.CANCELLED:
                told = (S.ON_PAPER, S.BY_TELEPHONE)
                assert row.state in (S.WAITING, *told, S.REPLACED, *ANSWERS.values(), S.NO_ANSWER)
                assert H.CLAIMED.value not in [event.happening for event in self._story(of).events]


TestVersions = Versions.TestCase
TestVersions.settings = settings(max_examples=6, stateful_step_count=15, deadline=None)
