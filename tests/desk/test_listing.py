"""What the story of a notification tells beside what was recorded."""

from tests.desk.conftest import Counter


def test_the_subject_is_told_as_written_and_as_it_travels(counter: Counter) -> None:
    def outside(family: str) -> dict[str, str]:
        made = counter.record(patient__family=family)
        counter.post(made)
        told = counter.desk.listing.story(made).travels
        assert told is not None
        return {label: said for label, (said,) in told.rows}

    plain, accents = outside("O'Neill"), outside("Łukaszewski")
    assert "Subject as written" not in plain
    assert "Rose O'Neill" in plain["Subject as sent"]
    assert "Łukaszewski" in accents["Subject as written"]
    assert "Lukaszewski" in accents["Subject as sent"]
    assert accents["Workflow"] == "DIGMED_FLU_VAC"
    assert accents["MESH's id"].startswith("M")
    assert len({one["Our id for MESH"] for one in (plain, accents)}) == 2


def test_what_was_never_to_be_sent_has_no_outside(counter: Counter) -> None:
    made = counter.record(consent__to_sharing="no")
    assert counter.desk.listing.story(made).travels is None
