"""What a rule says of one item of an emergency supply."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """What the law says of one item. ``field`` is the last part of the question's id, such as ``days``.

    ``forbids`` stops the supply; ``asks`` wants the pharmacist's reason; else it only tells. ``rule`` is the rule's id.
    """

    field: str
    sentence: str
    rule: str = ""
    forbids: bool = False
    asks: bool = False
