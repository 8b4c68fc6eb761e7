"""What the stock offers a form, what it says against a typed batch, and packs that the form is not for."""

from datetime import date

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.clinical.stock import StockBatch
from digmed_desktop.desk.views.general import ScannedOn
from digmed_desktop.reference import programmes
from digmed_desktop.scanning.pack import read
from tests.clinical.examples import FLU, complete_answers
from tests.desk.conftest import Counter

PACK = "0109501101530003172704301012AB"


def add(counter: Counter, number: str, expiry: str, *, product: str = "tivc", use_before: str = "") -> int:
    kept, problems, _ = counter.desk.stock.add(
        {
            "stock.product": f"{FLU.id}|{product}",
            "stock.number": number,
            "stock.expiry": expiry,
            "stock.use_before": use_before,
        },
        counter.ada,
    )
    assert kept is not None, problems
    return kept.batch.id


def offered(counter: Counter, product: str = "tivc", day: str = "14/10/2026") -> list[str]:
    return [one.batch.number for one in counter.desk.stock.for_form(FLU.id, product, day)]


def test_usable_batches_of_the_product_are_offered_the_first_to_expire_first(counter: Counter) -> None:
    add(counter, "LATE-9", "30/6/2027")
    add(counter, "SOON-1", "31/10/2026")
    add(counter, "THAWED-1", "30/6/2027", use_before="20/10/2026")
    add(counter, "OTHER-1", "30/6/2027", product="ativ")
    counter.desk.stock.finish(add(counter, "EMPTY-1", "30/6/2027"), finished=True)
    assert offered(counter) == ["THAWED-1", "SOON-1", "LATE-9"]
    assert offered(counter, product="") == ["THAWED-1", "SOON-1", "LATE-9", "OTHER-1"]
    assert counter.desk.stock.for_form("covid-19", "", "14/10/2026") == ()


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        ("20/10/2026", ["THAWED-1", "SOON-1"]),
        ("21/10/2026", ["SOON-1"]),  # the day after its last after thawing
        ("31/10/2026", ["SOON-1"]),
        ("1/11/2026", []),  # the day after it expired
        ("", ["THAWED-1", "SOON-1"]),  # no date yet: today
    ],
)
def test_what_is_offered_follows_the_date_of_contact(counter: Counter, day: str, numbers: list[str]) -> None:
    add(counter, "SOON-1", "31/10/2026")
    add(counter, "THAWED-1", "30/6/2027", use_before="20/10/2026")
    assert offered(counter, day=day) == numbers


@pytest.mark.parametrize(
    ("number", "day", "says", "reason"),
    [
        ("SOON-1", "31/10/2026", "", False),
        ("soon-1", "1/11/2026", "expired on 31 Oct 2026: do not use it", True),
        ("THAWED-1", "21/10/2026", "by 20 Oct 2026 after thawing: do not use it", True),
        ("EMPTY-1", "14/10/2026", "this batch is used up", True),
        ("OTHER-1", "14/10/2026", "of another vaccine", True),
        ("OF-RSV-1", "14/10/2026", "of another vaccine", True),
        ("NOT-IN-STOCK-1", "14/10/2026", "", False),
    ],
)
def test_a_typed_batch_that_the_stock_knows_better_is_pointed_out(
    counter: Counter, number: str, day: str, says: str, reason: bool
) -> None:
    add(counter, "SOON-1", "31/10/2026")
    add(counter, "THAWED-1", "30/6/2027", use_before="20/10/2026")
    add(counter, "OTHER-1", "30/6/2027", product="ativ")
    counter.desk.stock.finish(add(counter, "EMPTY-1", "30/6/2027"), finished=True)
    rsv = next(one for one in programmes.programmes() if one.target_disease != FLU.target_disease)
    other = StockBatch(rsv.id, next(iter(rsv.products)), "OF-RSV-1", date(2027, 6, 30))
    counter.store.stock.add(other, counter.ada)
    counter.clock.move(days=30)
    answers = complete_answers(vaccine__batch=number, vaccine__expiry="", contact__date=day)
    found = [
        p
        for p in counter.desk.preview("vaccination", FormState(answers)).problems
        if p.field == "vaccine.batch"
    ]
    assert [p.sentence for p in found if says in p.sentence or not says] == [p.sentence for p in found]
    assert bool(found) is bool(says)
    assert all(p.severity is Severity.LOOK and p.needs_reason is reason for p in found)


def test_another_expiry_date_than_in_the_stock_is_pointed_out_at_the_date(counter: Counter) -> None:
    add(counter, "SOON-1", "31/10/2026")
    answers = complete_answers(vaccine__batch="SOON-1", vaccine__expiry="31/12/2026")
    (found,) = [
        p for p in counter.desk.preview("vaccination", FormState(answers)).problems if "vaccine." in p.field
    ]
    assert (found.field, found.severity, found.needs_reason) == ("vaccine.expiry", Severity.LOOK, True)
    assert "expires on 31 Oct 2026" in found.sentence


def test_an_expired_batch_goes_only_with_a_reason_and_nothing_given_is_not_asked(counter: Counter) -> None:
    add(counter, "THAWED-1", "30/6/2027", use_before="14/10/2026")
    counter.clock.move(days=1)
    changed = {"vaccine__batch": "THAWED-1", "contact__date": "15/10/2026"}
    refused = counter.desk.send("vaccination", "one", FormState(complete_answers(**changed)), counter.ada)
    assert refused.notification is None
    assert "Say why you continue" in refused.problems[0].sentence
    assert counter.record(**changed)
    not_given = complete_answers(
        **changed, vaccine__outcome="not-given", vaccine__not_given_reason="declined"
    )
    problems = counter.desk.preview("vaccination", FormState(not_given)).problems
    assert not [p for p in problems if p.field == "vaccine.batch"]


@pytest.mark.parametrize("form", ["covid-19", "pertussis-in-pregnancy", "shingles"])
def test_a_pack_of_another_programme_is_refused_by_name(counter: Counter, form: str) -> None:
    scan = read(PACK)
    counter.desk.stock.map_product(scan.gtin, f"{FLU.id}|tivc", counter.ada)
    assert counter.desk.stock.scanned(scan, ScannedOn(FLU.id)).answers["vaccine.product"] == "tivc"
    pack = counter.desk.stock.scanned(scan, ScannedOn(form))
    assert (pack.refused, pack.answers) == (True, {})
    assert f"TIVc, cell-based (Seqirus), a vaccine of {FLU.name}" in pack.sentence
    names = {"covid-19": "COVID-19", "shingles": "Shingles"}
    assert f"This form is for {names.get(form, 'Whooping cough in pregnancy')}" in pack.sentence
    assert f"choose {FLU.name}" in pack.sentence


def test_what_a_new_barcode_is_said_to_be_is_kept_although_the_form_is_for_another(counter: Counter) -> None:
    scan = read(PACK)
    assert counter.desk.stock.learned(scan, f"{FLU.id}|tivc", counter.ada, ScannedOn("rsv")).refused
    assert counter.desk.stock.scanned(scan, ScannedOn(FLU.id)).product == "tivc"


def test_a_barcode_of_a_season_that_is_over_is_asked_about_again(counter: Counter) -> None:
    scan = read(PACK)
    counter.store.stock.map_product(scan.gtin, "influenza-2019-20", "tivc", counter.ada)
    assert counter.desk.stock.scanned(scan, ScannedOn(FLU.id)).product == ""


def test_adding_a_batch_never_changes_what_a_code_means_unless_somebody_said_so(counter: Counter) -> None:
    stock = counter.desk.stock
    gtin, known, other = "09501101530003", f"{FLU.id}|ativ", f"{FLU.id}|tivc"
    stock.map_product(gtin, known, counter.ada)
    answers = {
        "stock.product": other,
        "stock.number": "34CD",
        "stock.expiry": "30/04/2027",
        "stock.gtin": gtin,
    }
    assert stock.add(answers, counter.ada)[0] is not None
    assert stock.scanned(read("0109501101530003172704301012AB"), ScannedOn(FLU.id)).product == "ativ"
    assert stock.add({**answers, "stock.code_means": "yes"}, counter.ada)[0] is not None
    assert stock.scanned(read("0109501101530003172704301012AB"), ScannedOn(FLU.id)).product == "tivc"


def test_a_scanned_pack_is_judged_on_the_day_of_contact(counter: Counter) -> None:
    pack = read("0109501101530003172610311012AB")  # expires on 31 October
    counter.clock.move(days=30)  # a late entry of what was given in October
    stock = counter.desk.stock
    assert "expired" in stock.scanned(pack, ScannedOn(FLU.id, "")).sentence
    assert "expired" in stock.scanned(pack, ScannedOn(FLU.id, "1/11/2026")).sentence
    assert stock.scanned(pack, ScannedOn(FLU.id, "31/10/2026")).answers["vaccine.batch"] == "12AB"
    learned = stock.learned(pack, f"{FLU.id}|tivc", counter.ada, ScannedOn(FLU.id, "31/10/2026"))
    assert (learned.refused, learned.product) == (False, "tivc")
