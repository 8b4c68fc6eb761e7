"""Passphrases that people at a pharmacy would choose: known words side by side are refused, unrelated ones are not."""

import pytest

from digmed_desktop.credentials import pins
from digmed_desktop.desk.people.known_words import of_person, of_pharmacy
from digmed_desktop.history.backup import problem_with
from tests.history.samples import PHARMACIST, PHARMACY

KNOWN = tuple(filter(None, (*of_pharmacy(PHARMACY), *of_person(PHARMACIST))))
WEAK = """
quillfeather testham pharmacy
QuillfeatherTesthamPharmacy
quillfeather-pharmacy-testham-2026
testham quillfeather flu clinic
Test Parade Testham ZZ99
ada okonkwo bright pharmacy
AdaOkonkwoBright9999991
pharmacy testham quillfeather backup
nhs flu vaccination clinic
nhs covid booster clinic
flu jab pharmacy nhs
summary care record nhs
emergency supply pharmacy nhs
community pharmacy england nhs
pharmacist technician dispenser
patient group direction flu
nhs smartcard password 2026
prescription counter testham
vaccination record backup nhs
winter flu season 2026
dispensary controlled drugs cupboard
741852963 741852963
147258369147258369
7418529630 pharmacy
789456123 789456123
159753 258456 nhs
963852741 testham
qwertyuiop asdfghjkl
1qaz2wsx3edc4rfv
password pharmacy 2026
Quillfeather123 Testham123
testham testham testham
pharmacypharmacypharmacy
Ada Ada Quillfeather Quillfeather
digmed desktop backup pharmacy
FQF01 quillfeather nhs net
quillf3ather t3stham ph4rmacy
t e s t h a m  p h a r m a c y
january 2026 backup pharmacy
welcome to testham pharmacy
superintendent pharmacist testham
quillfeather staff only backup
chemist testham parade 2026
flu covid shingles pneumo
surgery testham gp practice nhs
""".strip().splitlines()
"""zxcvbn alone took 25 of these 45, although it knew the pharmacy's own words."""
STRONG = """
lantern otter gravel sonnet
correct horse battery staple wagon
walrus plinth yodel acorn
my aunt paints teal bicycles
xK9#vT2!qLm8pZ
fjord gazebo muffin turbine
pelican drum vinegar sunset
tundra cobbler violin apricot
seven herons argue politely
Bumblebee-Trombone-Icicle-Quarry
quillfeather walrus plinth yodel acorn
testham lantern otter gravel sonnet
crumpet astronaut hedge ledger
brisk marmot ordering soup
gondola thistle wrench pancake
velvet sparrow ladder echo fig
hazelnut comet diary plumber
zebra quilt monsoon bassoon
orchid banjo glacier walnut
mulberry anchor fiddle smoke
""".strip().splitlines()


@pytest.mark.parametrize("passphrase", WEAK)
def test_known_words_side_by_side_are_no_passphrase(passphrase: str) -> None:
    assert problem_with(passphrase, passphrase, KNOWN)


@pytest.mark.parametrize("passphrase", STRONG)
def test_words_that_do_not_belong_together_are_one(passphrase: str) -> None:
    assert problem_with(passphrase, passphrase, KNOWN) == ""
    assert pins.problem_with(passphrase, known=KNOWN) is None


@pytest.mark.parametrize(
    "passphrase", ["testham flu clinic", "nhs quillfeather", "ada testham 2026", "741852 testham"]
)
def test_a_passphrase_in_place_of_a_pin_is_judged_alike(passphrase: str) -> None:
    assert pins.problem_with(passphrase, known=KNOWN)
