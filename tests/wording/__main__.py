"""Draw 40 texts of four words or more, for a fresh reader: ``python -m tests.wording [SEED]``."""

import random
import sys

from tests.wording.strings import all_words
from tests.wording.test_words import QUOTED

MOST = 40
LEAST_WORDS = 4  # a label of two words says little about the English


def main() -> None:
    """Print the draw; without a seed, with a new one."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(10**6)
    read = sorted(
        {
            (one.text, one.place)
            for one in all_words()
            if len(one.text.split()) >= LEAST_WORDS and not one.place.startswith(tuple(QUOTED))
        }
    )
    print(f"seed {seed}: {MOST} of {len(read)} texts")
    for number, (text, place) in enumerate(random.Random(seed).sample(read, MOST), 1):
        print(f"{number:2}. [{place}] {text}")


if __name__ == "__main__":
    main()
