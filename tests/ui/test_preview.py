"""The preview beside the form is live: sections, XML and problems follow the keys."""

from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench


def test_what_is_typed_is_seen_as_the_gp_will_see_it(bench: Bench) -> None:
    bench.form.form.focus_field("patient.family")
    bench.keys("O'Neill & <b>Sons")
    bench.idle()
    bench.until(lambda: "O'NEILL & <B>SONS" in bench.form.preview.reading.toPlainText())


def test_a_missing_value_is_a_way_to_its_field(bench: Bench) -> None:
    bench.idle()
    bench.until(lambda: "Not answered yet" in bench.form.preview.reading.toPlainText())
    missing = [
        row.field for section in bench.form.preview.preview.sections for row in section.rows if row.missing
    ]
    assert missing
    known = bench.form.form.fields
    assert [field for field in missing if not any(key.startswith(field) for key in known)] == []


def test_the_xml_tab_shows_the_message_and_changes_in_part(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    pane = bench.form.preview
    pane.tabs.setCurrentWidget(pane.xml)
    bench.until(lambda: "ITK009D" in pane.xml.toPlainText() and "Neill" in pane.xml.toPlainText())
    before = pane.xml.toPlainText()
    bench.form.form.fields["vaccine.batch"].editor.set_answer("ZZ-9")
    bench.form.touched("vaccine.batch")
    bench.until(lambda: 'lotNumber value="ZZ-9"' in pane.xml.toPlainText())
    after = pane.xml.toPlainText()
    assert after == pane.preview.xml
    assert sum(a != b for a, b in zip(before.split("\n"), after.split("\n"), strict=True)) == 2, (
        "resource and narrative"
    )


def test_names_attributes_and_values_have_their_own_colours(bench: Bench) -> None:
    pane = bench.form.preview
    pane.tabs.setCurrentWidget(pane.xml)
    bench.until(lambda: "<Bundle" in pane.xml.toPlainText())
    block = pane.xml.document().findBlockByNumber(1)
    colours = {form.format.foreground().color().name() for form in block.layout().formats()}
    assert len(colours) == 3
