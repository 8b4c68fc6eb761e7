"""The models of ``resources/editions`` and of the sentences that every edition shares."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from digmed_desktop.clinical.data_types import Concept
from digmed_desktop.clinical.record import SNOMED_CT
from digmed_desktop.data_files.model import DataModel, Flag, Text


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or " " in text:
        raise ValueError("is not a URL")
    return text


Url = Annotated[str, AfterValidator(_url), Field(description="a URL")]


class CodedRow(DataModel):
    """A coding: its system is SNOMED CT unless another is named."""

    system: Url = SNOMED_CT
    code: Text
    display: Text


class ProfilesRow(DataModel):
    """The profiles that a message claims."""

    message_definition: Url
    composition: Url


class ItemRow(DataModel):
    """One row of a section's text."""

    item: Text
    label: Text
    mandatory: Flag = False
    label_not_given: Text | None = None


class SectionRow(CodedRow):
    """One section."""

    key: Annotated[str, Field(pattern=r"^[a-z_]+$", description="the key of a section, such as gp_practice")]
    title: Text
    rows: list[ItemRow]


class EditionFile(DataModel):
    """One reading of one message."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$", description="an id, such as vaccination-1.2.9")]
    kind: Literal["vaccination", "emergency-supply"]
    name: Text
    note: Text
    default: Flag = False
    title: Text
    show_codes: Flag = False
    summary_text: Flag = False
    event: CodedRow
    type: CodedRow
    care_setting: CodedRow
    supply_type: CodedRow | None = None
    profiles: ProfilesRow
    codes: dict[Concept, CodedRow] = {}
    section: list[SectionRow]


class ConsentWords(DataModel):
    """How consent is said."""

    given_by: Text
    treatment_vaccination_yes: Text
    treatment_vaccination_no: Text
    treatment_supply_yes: Text
    treatment_supply_no: Text
    sharing_yes: Text
    sharing_no: Text
    assessed: Text
    assessed_by_nobody: Text
    understands: Text
    retains: Text
    weighs: Text
    communicates: Text
    consulted: Text
    authority: Text
    parental_responsibility: Text


class NegativeAllergy(DataModel):
    """The code that says that no allergy is known."""

    code: Concept
    display: Text


class AllergyWords(DataModel):
    """How allergies are said."""

    none_known: NegativeAllergy = Field(alias="none-known")
    no_drug_allergy: NegativeAllergy = Field(alias="no-drug-allergy")
    not_available: Text = Field(alias="not-available")
    uncoded: Text


class VaccineWords(DataModel):
    """How a vaccine that was not given is said."""

    not_given: Text
    no_product: Text
    title: Text
    title_not_given: Text


class OnBehalfWords(DataModel):
    """How it is said that a record was sent on behalf of a clinician who had not signed it."""

    recorded: Text
    sent: Text


class YesNoWords(DataModel):
    """Yes and no."""

    yes: Text
    no: Text


class CorrectionWords(DataModel):
    """How a correction is said."""

    label: Text
    replaces: Text
    changed: Text
    why: Text
    when: Text
    withdrawn_label: Text
    withdrawn: Text
    withdrawn_vaccination: Text
    withdrawn_supply: Text
    withdrawn_text: Text


class SupplyWords(DataModel):
    """How an emergency supply is said."""

    not_supplied: Text
    one_day: Text
    days: Text
    registration: Text
    owed: Text


class NarrativeFile(DataModel):
    """The sentences that are the same in every edition."""

    consent: ConsentWords
    allergies: AllergyWords
    vaccine: VaccineWords
    on_behalf: OnBehalfWords
    yes_no: YesNoWords
    sex: dict[str, Text]
    telephone: dict[str, Text]
    correction: CorrectionWords
    supply: SupplyWords
