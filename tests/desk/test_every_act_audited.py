"""What a person does at the counter stands in the audit as soon as it is done, each act once."""

from collections.abc import Callable
from pathlib import Path

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.views.sent import How
from digmed_desktop.messaging.audit import AuditAct, AuditSearch
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from tests.clinical.examples import FLU, complete_answers
from tests.conftest import MemoryVault
from tests.desk.conftest import TECHNICIAN, Counter
from tests.desk.test_backups import PHRASE
from tests.history.samples import KEY

BATCH = {"stock.product": f"{FLU.id}|tivc", "stock.number": "34CD", "stock.expiry": "30/04/2027"}


def test_each_act_stands_there_once_it_is_done(
    counter: Counter, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    desk, ada = counter.desk, counter.ada
    memory_vault.put("database-key", KEY.hex())
    backups = BackupDesk(counter.store, memory_vault, counter.clock)
    daily = tmp_path / "daily"
    daily.mkdir()
    number = counter.record()
    tom = counter.store.people.add(TECHNICIAN, "slow-hash")
    desk.save_draft("d", "vaccination", FormState(complete_answers()), ada)
    pharmacy = desk.people.pharmacy_answers()
    file = desk.patient_file.gather(number)
    copy = desk.papers.copy(number, How.PATIENT, "Ada")
    done: list[tuple[AuditAct, Callable[[], object]]] = [
        (AuditAct.PATIENT_FILE_SEEN, lambda: desk.patient_file.gather(number)),
        (AuditAct.PATIENT_FILE_SAVED, lambda: desk.patient_file.save_json(file, {}, tmp_path / "f.json")),
        (AuditAct.SAW_TODAY, desk.listing.today),
        (AuditAct.SEARCHED, lambda: desk.listing.first(Search(), 50)),
        (AuditAct.SAW_RECORD, lambda: desk.listing.story(number)),
        (AuditAct.LOOKED_UP, lambda: desk.patients.search("Quill")),
        (AuditAct.SAW_DOSES, lambda: desk.counter.dose_views(complete_answers())),
        (AuditAct.SAW_DRAFTS, desk.drafts),
        (AuditAct.DRAFT_DISCARDED, lambda: desk.discard_draft("d")),
        (AuditAct.SAW_REPLIES, desk.replies.view),
        (AuditAct.SENDING_RESUMED, lambda: desk.replies.let_go_on(None, ada)),
        (AuditAct.SAVED_PDF, lambda: desk.papers.save(copy, tmp_path / "c.pdf")),
        (AuditAct.PRINTED, lambda: desk.papers.let_print(desk.papers.printed(copy, "a copy"))),
        (AuditAct.SAVED_RECORD, lambda: desk.acts.save_record(number, tmp_path / "r.json")),
        (
            AuditAct.EXPORTED,
            lambda: desk.exports.csv(Search(), tmp_path / "e.csv", Progress(), with_patients=False),
        ),
        (AuditAct.AUDIT_EXPORTED, lambda: desk.audit.export(AuditSearch(), tmp_path / "a.csv", Progress())),
        (AuditAct.BATCH_ADDED, lambda: desk.stock.add(BATCH, ada)),
        (AuditAct.BATCH_HELD, lambda: desk.stock.hold(1, "The fridge was warm.")),
        (AuditAct.BATCH_RELEASED, lambda: desk.stock.release(1, "The maker said so.")),
        (AuditAct.BATCH_FINISHED, lambda: desk.stock.finish(1, finished=True)),
        (AuditAct.CODE_LEARNED, lambda: desk.stock.map_product("09501101530003", f"{FLU.id}|ativ", ada)),
        (AuditAct.SETTINGS_CHANGED, lambda: desk.settings.change(privacy=True)),
        (
            AuditAct.PHARMACY_CHANGED,
            lambda: desk.people.change_pharmacy({**pharmacy, "pharmacy.telephone": "0000 000 002"}),
        ),
        (AuditAct.WAIT_ENDED, lambda: desk.people.end_wait(tom)),
        (AuditAct.PERSON_REMOVED, lambda: desk.people.retire(tom)),
        (AuditAct.BACKED_UP, lambda: backups.write(tmp_path / "b", PHRASE, PHRASE, Progress())),
        (AuditAct.BACKED_UP, lambda: backups.begin_daily(daily, PHRASE, PHRASE)),
        (AuditAct.DAILY_BACKUP_ENDED, backups.end_daily),
    ]
    for act, do in done:
        before = [row.number for row in counter.store.audit.rows()]
        do()
        new = [row for row in counter.store.audit.rows() if row.number not in before]
        assert [(row.act, row.by) for row in new] == [(act, "Ms Ada Okonkwo-Bright")], act
    found = counter.store.chain.verify()
    assert found.intact, found.faults
