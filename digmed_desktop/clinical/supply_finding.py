"""Define a rule's finding about one item of an emergency supply."""

from dataclasses import dataclass

from digmed_desktop.clinical.problem import sourced


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """The law's finding about one item. ``field`` is the last part of the question's id, such as ``days``.

    ``forbids`` stops the supply; ``asks`` wants the pharmacist's reason; else it only tells. ``rule`` is the rule's id,
    ``source`` where it is written: whatever forbids names one.
    """

    field: str
    sentence: str
    rule: str = ""
    forbids: bool = False
    asks: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        if self.forbids and not self.source:
            raise ValueError(f"a rule that forbids does not name its source: {self.rule or self.field}")

    @property
    def said(self) -> str:
        """The sentence with its source."""
        return sourced(self.sentence, self.source)
