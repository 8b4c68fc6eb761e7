"""The keys of every file that ages: when it was held against its sources, by whom, and when somebody must again."""

from datetime import date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from digmed_desktop.data_files.model import DataModel, Text
from digmed_desktop.data_files.values import Day

LONGEST = 732  # days from one look to the next: two years


class ReviewedFile(DataModel):
    """A file of what sources say of the world."""

    checked_on: Day
    checked_by: Annotated[Text, Field(description="who held the file against its sources, on one line")]
    look_again_by: Day

    @field_validator("look_again_by")
    @classmethod
    def _soon_enough(cls, value: date, info: ValidationInfo) -> date:
        checked = info.data.get("checked_on")
        if checked is not None and not 0 < (value - checked).days <= LONGEST:
            raise ValueError("is not after checked_on and within two years of it")
        return value
